import type { WireEvent } from "./types";
/** An event, and when a beacon took it, whose answer nobody has seen. */
export interface Kept {
    event: WireEvent;
    beacon?: number | undefined;
}
/** What is kept and young enough. */
export declare function kept(): Kept[];
/** Puts `added` in and takes `gone` out: the newest stay. */
export declare function keep(added: readonly Kept[], gone?: readonly Kept[]): void;
