// The live stream of a site: one WebSocket, opened again with the last cursor whenever it ends, so
// that nothing is missed and nothing comes twice.

import { keyOf } from "./key";

export interface Count {
  name: string;
  count: number;
}

/** The last five minutes. */
export interface LiveFigures {
  current_visitors: number;
  events_per_minute: number;
  avg_duration: number;
  buckets: { timestamp: string; counts: Record<string, number> }[];
  top_pages: Count[];
  top_sources: Count[];
  top_elements: Count[];
  top_countries: Count[];
}

export interface LiveEvent {
  event_id: string;
  name: string;
  url: string | null;
  user_id: string | null;
  session_id: string | null;
  timestamp: string;
  properties: Record<string, unknown>;
  [further: string]: unknown;
}

/**
 * - `connecting`: for the first time, or again
 * - `live`: messages arrive
 * - `refused`: the server does not let this reader in; no use in trying again
 */
export type LiveState = "connecting" | "live" | "refused";

export interface LiveWatcher {
  figures?: (figures: LiveFigures) => void;
  events?: (events: LiveEvent[]) => void;
  state?: (state: LiveState) => void;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** Ticks come each second: a stream that says nothing for this long is dead, whatever the socket says. */
const SILENCE_MS = 15_000;

interface Message {
  type: string;
  cursor?: string;
  live?: LiveFigures;
  events?: LiveEvent[];
}

function readMessage(text: string): Message {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server's own words, in a form that is kept
  return JSON.parse(text) as Message;
}

/** Watches a site, with filters as JSON, until the answered function is called. */
export function watchLive(site: string, filters: string, watcher: LiveWatcher) {
  let cursor: string | null = null;
  let pause = FIRST_PAUSE_MS;
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  const open = () => {
    if (ended) return;
    watcher.state?.("connecting");
    const query = new URLSearchParams({ site_id: site });
    if (filters !== "[]") query.set("filters", filters);
    if (cursor !== null) query.set("cursor", cursor);
    const url = `${location.origin.replace(/^http/, "ws")}/api/v1/live?${query}`;
    const key = keyOf(site);
    const protocols = ["millrace.live.v1", ...(key === null ? [] : [`millrace.key.${key}`])];
    const current = new WebSocket(url, protocols);
    socket = current;
    silent();
    current.addEventListener("message", ({ data }) => {
      if (current !== socket || typeof data !== "string") return;
      silent();
      const message = readMessage(data);
      if (message.cursor !== undefined) cursor = message.cursor;
      pause = FIRST_PAUSE_MS;
      watcher.state?.("live");
      if (message.live !== undefined) watcher.figures?.(message.live);
      if (message.events !== undefined) watcher.events?.(message.events);
    });
    current.addEventListener("close", ({ code }) => {
      if (current === socket) again(code);
    });
  };

  const silent = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const dead = socket;
      again(0);
      dead?.close();
    }, SILENCE_MS);
  };

  const again = (code: number) => {
    clearTimeout(timer);
    socket = null;
    if (ended) return;
    // 1008: the site is no longer this reader's to see.
    if (code === 1008) return watcher.state?.("refused");
    watcher.state?.("connecting");
    timer = setTimeout(open, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  };

  open();
  return () => {
    ended = true;
    clearTimeout(timer);
    socket?.close();
    socket = null;
  };
}
