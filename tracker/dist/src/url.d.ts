/**
 * The address of the page as it is counted: without the fragment, which may say anything. With `hash`, a route
 * behind `#/` or `#!/` is a part of the path; an anchor such as `#top` is none.
 */
export declare function pageUrl(hash?: boolean): string;
/** The address without its query: what tells pages apart. */
export declare function pageOf(url: string): string;
/** Whether the path of `page` matches one of `patterns`, in which `*` stands for any text. */
export declare function matches(page: string, patterns: string | readonly string[]): boolean;
