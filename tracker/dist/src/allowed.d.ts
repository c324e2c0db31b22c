import type { Options } from "./types";
/** Why this browser's visit is not counted; nothing where it is. */
export declare function reasonNotToCount(options: Options): string | undefined;
