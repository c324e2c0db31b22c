// What a list of events says about the sessions they belong to, and about one session's course.

import type { Schemas } from "../../api/types";

export type EventDetail = Schemas["EventDetail"];

export interface SessionPart {
  id: string;
  start: string;
  /** Seconds from the first to the last of the events. */
  duration: number;
  events: number;
  pageviews: number;
  entry: string | null;
  exit: string | null;
  source: string | null;
  country: string | null;
  device: string;
}

/** The sessions of one visitor's events, the latest first. */
export function sessionsOf(events: readonly EventDetail[]): SessionPart[] {
  const bySession = new Map<string, EventDetail[]>();
  for (const event of events) {
    const own = bySession.get(event.session_id);
    if (own === undefined) bySession.set(event.session_id, [event]);
    else own.push(event);
  }
  const parts = [...bySession].map(([id, own]) => part(id, own.toSorted(byTime)));
  return parts.toSorted((a, b) => b.start.localeCompare(a.start));
}

const byTime = (a: EventDetail, b: EventDetail) => a.timestamp.localeCompare(b.timestamp);

function part(id: string, events: readonly EventDetail[]): SessionPart {
  const views = events.filter(({ name }) => name === "pageview");
  const first = events[0];
  const opening = views[0] ?? first;
  const start = first?.timestamp ?? "";
  return {
    id,
    start,
    duration: secondsBetween(start, events.at(-1)?.timestamp ?? start),
    events: events.length,
    pageviews: views.length,
    entry: views[0]?.path ?? null,
    exit: views.at(-1)?.path ?? null,
    source: opening?.source ?? null,
    country: opening?.country ?? null,
    device: [opening?.browser, opening?.os].filter(Boolean).join(" · "),
  };
}

export function secondsBetween(from: string, to: string): number {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1_000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : 0;
}

/** Where nothing was heard for so long, the time line says so. */
const GAP_SECONDS = 300;

export interface Moment {
  event: EventDetail;
  /** Seconds after the first. */
  offset: number;
  /** Seconds of silence before it, where there were many. */
  gap: number | null;
}

export function timeline(events: readonly EventDetail[]): Moment[] {
  const start = events[0]?.timestamp ?? "";
  return events.map((event, index) => {
    const before = events[index - 1];
    const silence = before === undefined ? 0 : secondsBetween(before.timestamp, event.timestamp);
    return {
      event,
      offset: secondsBetween(start, event.timestamp),
      gap: silence >= GAP_SECONDS ? silence : null,
    };
  });
}

/** A session's value, where it has one: what is not set is not worth a word in a list. */
export function known(value: string | null | undefined): string | null {
  return value === undefined || value === null || value === "" || value === "(not set)"
    ? null
    : value;
}

/** What a property says, in one line. */
export function propertyText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** A hue that a visitor keeps, so that the eye finds them again. */
export function hueOf(id: string): number {
  return Number.parseInt(id.slice(0, 6), 16) % 360 || 0;
}
