import type { EventOptions, Options } from "./types";
type Track = (name: string, options?: EventOptions) => void;
export declare function watchInteractions(options: Options, track: Track): void;
export {};
