// Events that may not have arrived, in this site's localStorage.
//
// What must hold: nothing else is ever stored; it is bounded in number, size and age; a browser that
// gives no storage costs the events that were under way when a page was left, and nothing else.

import type { WireEvent } from "./types";

const KEY = "millrace_kept";
const MOST_EVENTS = 50;
const MOST_CHARACTERS = 32_768;
const MOST_AGE_MS = 86_400_000;

/** An event, and when a beacon took it, whose answer nobody has seen. */
export interface Kept {
  event: WireEvent;
  beacon?: number | undefined;
}

/** What is kept and young enough. */
export function kept(): Kept[] {
  try {
    const all = JSON.parse(localStorage.getItem(KEY) ?? "[]") as Kept[];
    return all.filter(({ event }) => Date.now() - Date.parse(event.timestamp) < MOST_AGE_MS);
  } catch {
    return [];
  }
}

/** Puts `added` in and takes `gone` out: the newest stay. */
export function keep(added: readonly Kept[], gone: readonly Kept[] = []): void {
  const changed = new Set([...added, ...gone].map(({ event }) => event.event_id));
  let all = kept()
    .filter(({ event }) => !changed.has(event.event_id))
    .concat(added)
    .sort((a, b) => Date.parse(a.event.timestamp) - Date.parse(b.event.timestamp))
    .slice(-MOST_EVENTS);
  while (JSON.stringify(all).length > MOST_CHARACTERS) all = all.slice(1);
  try {
    if (all.length > 0) localStorage.setItem(KEY, JSON.stringify(all));
    else localStorage.removeItem(KEY);
  } catch {
    // No storage, or no room in it: the copies in memory are all there is.
  }
}
