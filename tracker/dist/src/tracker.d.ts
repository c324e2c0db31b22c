import type { EventOptions, Millrace, Options } from "./types";
type Call = [name: string, options?: EventOptions | string | null];
/** Starts to measure; `earlier` are calls that were made before. */
export declare function startTracker(options: Options, earlier?: Iterable<Call>): Millrace;
export {};
