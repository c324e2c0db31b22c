import type { Millrace } from "./types";
/** Reports through `millrace`. */
export declare function watchVitals(millrace: Millrace, hash?: boolean): void;
