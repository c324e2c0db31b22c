// Events that may not have arrived, in this site's localStorage.
//
// What must hold: nothing else is ever stored; it is bounded in number, size and age; a browser that
// gives no storage costs the events that were under way when a page was left, and nothing else.

import type { WireEvent } from "./types";

const MOST_EVENTS = 50;
const MOST_CHARACTERS = 32_768;
const MOST_AGE_MS = 86_400_000;

/** An event, and where it is sent: pages of one origin may measure for several servers. */
export interface Kept {
  api: string;
  event: WireEvent;
}

/** What is kept and young enough. */
export function kept(): Kept[] {
  try {
    const all = JSON.parse(localStorage["millrace_kept"] as string) as Kept[];
    return all.filter(({ event }) => Date.now() - Date.parse(event.timestamp) < MOST_AGE_MS);
  } catch {
    return [];
  }
}

/** Puts `entries` in: the newest stay. Where they are `settled`, takes them out. */
export function keep(entries: readonly Kept[], settled?: boolean): void {
  const changed = new Set(entries.map(({ event }) => event.event_id));
  const all = kept()
    .filter(({ event }) => !changed.has(event.event_id))
    .concat(settled ? [] : entries)
    // One for which there is no room costs no other its place.
    .filter((entry) => JSON.stringify([entry]).length <= MOST_CHARACTERS)
    .sort((a, b) => Date.parse(a.event.timestamp) - Date.parse(b.event.timestamp))
    .slice(-MOST_EVENTS);
  while (JSON.stringify(all).length > MOST_CHARACTERS) all.shift();
  try {
    if (all.length > 0) localStorage["millrace_kept"] = JSON.stringify(all);
    else delete localStorage["millrace_kept"];
  } catch {
    // No storage, or no room in it: the copies in memory are all there is.
  }
}
