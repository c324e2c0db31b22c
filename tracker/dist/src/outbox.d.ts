import type { Outcome, WireEvent } from "./types";
export interface Outbox {
    add(event: WireEvent, callback?: (outcome: Outcome) => void): void;
    /** The page is left, perhaps for good: send all at once, and keep what nobody has confirmed. */
    leave(forGood?: boolean): void;
}
export declare function openOutbox(api: string): Outbox;
