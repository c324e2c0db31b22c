// The package: the same tracker for applications that bundle it.

import { watchClicks } from "./clicks";
import { startTracker, type Call } from "./tracker";
import type { EventOptions, Millrace, Options } from "./types.js";
import { watchVitals } from "./vitals";

export type { EventOptions, Millrace, Options, Outcome, Properties, Value } from "./types.js";

/** Options of `init`. */
export interface InitOptions extends Options {
  /** Report every click on a link or a button. */
  clicks?: boolean | undefined;
  /** Report the Core Web Vitals of the page load. */
  vitals?: boolean | undefined;
}

const waiting: Call[] = [];
let tracker: Millrace | undefined;

/**
 * Starts to measure. Calls before it wait for it; a second one changes nothing. Outside a browser, on a server that
 * renders, it does nothing.
 */
export function init(options: InitOptions): void {
  if (typeof document === "undefined" || tracker) return;
  const api = new URL(options.api, location.href).href;
  tracker = startTracker({ ...options, api }, waiting.splice(0));
  if (options.clicks) watchClicks(tracker);
  if (options.vitals) watchVitals(tracker, options.hash);
}

/** Something happened. */
export function track(name: string, options?: EventOptions): void {
  call(name, options);
}

/** A page view, where `manual` is set or the page has no address of its own. */
export function pageview(options?: EventOptions): void {
  call("pageview", options);
}

/** Who is signed in; nobody, without an argument. */
export function identify(userId?: string | null): void {
  call("identify", userId);
}

function call(...args: Call) {
  if (tracker) (tracker as (...args: Call) => void)(...args);
  else if (typeof document !== "undefined") waiting.push(args);
}
