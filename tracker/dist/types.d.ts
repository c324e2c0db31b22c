/** A value of a property. */
export type Value = string | number | boolean;
/** Properties of an event: flat, up to 64 keys. */
export type Properties = Record<string, Value>;
/** What became of an event. */
export interface Outcome {
    /**
     * 202 where the server stored it, 400 where it refused it, another status where it refused the request; 0 where
     * it was not reached or nothing was sent.
     */
    status: number;
}
/** What may be said of an event beside its name. */
export interface EventOptions {
    props?: Properties;
    /** What it earned; the currency is an ISO 4217 code. */
    revenue?: {
        amount: number | string;
        currency: string;
    };
    /** What was touched. */
    element?: string;
    /** The page it belongs to; default: the page that is shown. */
    url?: string;
    /** `false` for what no visitor did: it does not end a bounce. */
    interactive?: boolean | undefined;
    /** Called once, after the first attempt to send the event. */
    callback?: (outcome: Outcome) => void;
}
/** The function `millrace`. */
export interface Millrace {
    /** Something happened. `pageview` is a page view of its own. */
    (name: string, options?: EventOptions): void;
    /** Who is signed in; nobody, without an argument. The same as the method, for the queue of a page's snippet. */
    (command: "identify", userId?: string | null): void;
    /** Who is signed in; nobody, without an argument. */
    identify(userId?: string | null): void;
}
/** How to measure. */
export interface Options {
    /** Where events are sent. */
    api: string;
    /** The site's id. Without it the server decides, which it can where it has one site. */
    site?: string | undefined;
    /** Who is signed in. */
    user?: string | undefined;
    /** Routes behind `#/` are pages. */
    hash?: boolean | undefined;
    /** No page views but those that are asked for. */
    manual?: boolean | undefined;
    /** Count clicks on links to other hosts; default true. */
    outbound?: boolean | undefined;
    /**
     * Count clicks on links to files; or the extensions that are files, as a list or with
     * commas. Default true.
     */
    downloads?: boolean | string | readonly string[];
    /** Count submitted forms; default true. */
    forms?: boolean | undefined;
    /** Count every click on a link or a button. */
    clicks?: boolean | undefined;
    /** Only pages whose path matches one of these; `*` stands for any text. */
    include?: string | readonly string[];
    /** No page whose path matches one of these. */
    exclude?: string | readonly string[];
    /** Count on this machine too: localhost, loopback addresses, files. */
    local?: boolean | undefined;
    /** Count browsers that a program steers. */
    automation?: boolean | undefined;
    /** Send nothing for whoever asks not to be tracked: Do Not Track, Global Privacy Control. */
    respectDnt?: boolean | undefined;
}
/** An event as it is sent: the native format of `POST /api/events`. */
export interface WireEvent {
    site_id?: string | undefined;
    name: string;
    event_id: string;
    timestamp: string;
    url: string;
    user_id?: string | undefined;
    referrer?: string | undefined;
    title?: string | undefined;
    screen?: string | undefined;
    language?: string | undefined;
    element?: string | undefined;
    duration?: number | undefined;
    scroll_depth?: number | undefined;
    interactive?: boolean | undefined;
    revenue?: EventOptions["revenue"];
    properties?: Properties | undefined;
}
