// Which page is shown, and whether a rule is about it.

/**
 * The address of the page as it is counted: without the fragment, which may say anything. With `hash`, a route
 * behind `#/` or `#!/` is a part of the path; an anchor such as `#top` is none.
 */
export function pageUrl(hash?: boolean): string {
  const url = new URL(location.href);
  const [, path, query] = (hash && /^#!?(\/[^?]*)\??(.*)/.exec(url.hash)) || [];
  url.hash = "";
  if (path) url.pathname = url.pathname.replace(/\/$/, "") + path;
  if (query) url.search += (url.search && "&") + query;
  return url.href;
}

/** The address without its query: what tells pages apart. */
export function pageOf(url: string): string {
  return url.replace(/\?.*/, "");
}

/** Whether the path of `page` matches one of `patterns`, in which `*` stands for any text. */
export function matches(page: string, patterns: string | readonly string[]): boolean {
  const path = pageOf(page).replace(/^\w+:\/\/[^/]*/, "") || "/";
  return String(patterns)
    .split(",")
    .some((pattern) => {
      const escaped = pattern.trim().replace(/[^\w*]/g, "\\$&");
      return RegExp(`^${escaped.replace(/\*/g, ".*")}$`).test(path);
    });
}
