import type { EventOptions, Options } from "./types.js";
export type { EventOptions, Millrace, Options, Outcome, Properties, Value } from "./types.js";
/** Options of `init`. */
export interface InitOptions extends Options {
    /** Report every click on a link or a button. */
    clicks?: boolean | undefined;
    /** Report the Core Web Vitals of the page load. */
    vitals?: boolean | undefined;
}
/**
 * Starts to measure. Calls before it wait for it; a second one changes nothing. Outside a browser, on a server that
 * renders, it does nothing.
 */
export declare function init(options: InitOptions): void;
/** Something happened. */
export declare function track(name: string, options?: EventOptions): void;
/** A page view, where `manual` is set or the page has no address of its own. */
export declare function pageview(options?: EventOptions): void;
/** Who is signed in; nobody, without an argument. */
export declare function identify(userId?: string | null): void;
