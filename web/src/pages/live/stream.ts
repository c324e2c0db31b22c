// The stream of events: newest first, bounded, each event once, and held back while the reader
// looks at what is there.

import { isObject } from "../../api/client";

/** As many rows as one would scroll through; older ones are in the reports. */
export const MOST_ROWS = 200;

export interface StreamEvent {
  id: string;
  name: string;
  /** When it happened, RFC 3339. */
  at: string;
  /** The page as reports show it, else its address. */
  page: string | null;
  element: string | null;
  /** Who did it: the client's name for the person, else a number of the visitor or the session. */
  visitor: string | null;
  country: string | null;
  source: string | null;
  /** Everything the server said of it. */
  all: Record<string, unknown>;
  properties: Record<string, unknown>;
  /** Whether it came while one was looking, rather than being there before. */
  live: boolean;
}

/** An event of the live stream or of a list: the two have the same names for what they share. */
export function readEvent(event: unknown, live: boolean): StreamEvent | null {
  if (!isObject(event)) return null;
  const text = (key: string) => {
    const value = event[key];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const id = text("event_id");
  const name = text("name");
  const at = text("timestamp");
  if (id === null || name === null || at === null) return null;
  const { properties } = event;
  return {
    id,
    name,
    at,
    page: text("path") ?? pathOf(text("url")),
    element: text("element"),
    visitor: text("user_id") ?? text("visitor_id") ?? text("session_id"),
    country: text("country"),
    source: text("source"),
    all: event,
    properties: isObject(properties) ? properties : {},
    live,
  };
}

function pathOf(url: string | null): string | null {
  if (url === null || url.startsWith("/")) return url;
  try {
    return new URL(url).pathname;
  } catch {
    return url;
  }
}

export interface Stream {
  /** Whose events these are: a site and its filters. */
  of: string;
  rows: readonly StreamEvent[];
  /** What arrived while the stream was held, newest first; bounded like the rows. */
  held: readonly StreamEvent[];
  /** How many arrived while it was held. */
  waiting: number;
  paused: boolean;
}

export type StreamAction =
  | { type: "arrive"; events: readonly StreamEvent[] }
  | { type: "pause" }
  | { type: "resume" }
  | { type: "begin"; of: string };

export const EMPTY: Stream = { of: "", rows: [], held: [], waiting: 0, paused: false };

export function reduceStream(stream: Stream, action: StreamAction): Stream {
  switch (action.type) {
    case "arrive": {
      const known = new Set([...stream.rows, ...stream.held].map(({ id }) => id));
      const fresh: StreamEvent[] = [];
      for (const event of action.events) {
        if (known.has(event.id)) continue;
        known.add(event.id);
        fresh.push(event);
      }
      if (fresh.length === 0) return stream;
      if (!stream.paused) return { ...stream, rows: newest(fresh, stream.rows) };
      return {
        ...stream,
        held: newest(fresh, stream.held),
        waiting: stream.waiting + fresh.length,
      };
    }
    case "pause":
      return { ...stream, paused: true };
    case "resume":
      return {
        ...stream,
        rows: newest(stream.held.toReversed(), stream.rows),
        held: [],
        waiting: 0,
        paused: false,
      };
    case "begin":
      return stream.of === action.of ? stream : { ...EMPTY, of: action.of };
  }
}

/** By time of happening; of one instant, what came later stands first. */
function newest(fresh: readonly StreamEvent[], rows: readonly StreamEvent[]): StreamEvent[] {
  return [...fresh.toReversed(), ...rows]
    .toSorted((one, other) => instant(other) - instant(one))
    .slice(0, MOST_ROWS);
}

function instant({ at }: StreamEvent): number {
  const parsed = Date.parse(at);
  return Number.isNaN(parsed) ? 0 : parsed;
}

/** Rows in which every word of `text` occurs: in name, page, element, visitor or a property. */
export function matching(rows: readonly StreamEvent[], text: string): readonly StreamEvent[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const { name, page, element, visitor, country, source, id, properties } = row;
    const written = [name, page, element, visitor, country, source, id, JSON.stringify(properties)];
    const all = written.join("\n").toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
