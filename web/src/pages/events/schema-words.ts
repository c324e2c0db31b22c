// The observed schema in words: its period, its types, its changes.

import type { Schemas } from "../../api/types";

/**
 * The period as the schema's route takes it: `24h`, `30d`, `all` or `from/to`. Where the view's
 * word is another one, the next longer that it knows.
 */
export function schemaPeriod(range: unknown): string {
  if (Array.isArray(range)) return range.join("/");
  const words: Record<string, string> = {
    realtime: "1h",
    day: "24h",
    yesterday: "48h",
    month: "31d",
    "6mo": "184d",
    "12mo": "366d",
    year: "366d",
  };
  const word = String(range);
  return words[word] ?? word;
}

/** `type_changed` and its like, as a sentence. */
export function driftText({ change, property, from, to }: Schemas["ObservedDrift"]): string {
  if (change === "type_changed") return `${property} changed from ${from} to ${to}`;
  if (change === "vanished") return `${property} is no longer sent`;
  if (change === "appeared") return `${property} is new`;
  return `${property}: ${change}`;
}

/** How many of the events have it, in percent of them. */
export function share(count: number, of: number): number {
  return of > 0 ? Math.min(100, (count / of) * 100) : 0;
}
