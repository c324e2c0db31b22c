import type { Millrace } from "./types";
/** Reports clicks through `millrace`. */
export declare function watchClicks(millrace: Millrace): void;
/** A short name: `data-mr-name`, or a path of ids, tags and classes. */
export declare function describe(element: Element): string;
