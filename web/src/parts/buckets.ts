// Names of time buckets. The server labels them by the site's own clock, `2026-11-20` or
// `2026-11-20 10:00:00`, and that is what the reader sees, in the reader's words: no zone of the
// reader's ever shifts a day.

import { wallClock } from "../view/dates";
import type { Interval } from "../view/period";

const HOUR_MS = 3_600_000;

/** The label as an instant of a clock that knows no zone, for formatters set to UTC. */
export function instantOf(label: string): number {
  return Date.parse(label.length === 10 ? `${label}T00:00:00Z` : `${label.replace(" ", "T")}Z`);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: string | undefined, options: Intl.DateTimeFormatOptions) {
  const key = `${locale ?? ""}${JSON.stringify(options)}`;
  let made = formatters.get(key);
  if (made === undefined) {
    made = new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
    formatters.set(key, made);
  }
  return made;
}

/** What a bucket is called under the pointer: `Fri 20 Nov`, `Fri 20 Nov, 10:00 – 11:00`. */
export function bucketText(label: string, interval: Interval, locale?: string): string {
  const start = instantOf(label);
  if (Number.isNaN(start)) return label;
  const day = { weekday: "short", month: "short", day: "numeric" } as const;
  switch (interval) {
    case "month":
      return formatter(locale, { month: "long", year: "numeric" }).format(start);
    case "week":
      return `Week of ${formatter(locale, { month: "short", day: "numeric" }).format(start)}`;
    case "day":
      return formatter(locale, day).format(start);
    case "hour":
      return formatter(locale, { ...day, hour: "numeric", minute: "2-digit" }).formatRange(
        start,
        start + HOUR_MS,
      );
    case "minute":
      return formatter(locale, { ...day, hour: "numeric", minute: "2-digit" }).format(start);
  }
}

export interface Tick {
  index: number;
  text: string;
}

/** Labels of the axis, at most `room` of them, the first where the eye expects one. */
export function ticks(
  labels: readonly string[],
  interval: Interval,
  room: number,
  locale?: string,
): Tick[] {
  const fit = Math.max(2, Math.floor(room));
  const first = labels[0] ?? "";
  const last = labels.at(-1) ?? "";
  const spansDays = first.slice(0, 10) !== last.slice(0, 10);
  const options: Intl.DateTimeFormatOptions =
    interval === "month"
      ? { month: "short", ...(first.slice(0, 4) === last.slice(0, 4) ? {} : { year: "2-digit" }) }
      : interval === "hour" && labels.length > 48
        ? { weekday: "short", day: "numeric" }
        : interval === "hour" || interval === "minute"
          ? { hour: "numeric", minute: "2-digit" }
          : { month: "short", day: "numeric" };
  const text = (index: number) => formatter(locale, options).format(instantOf(labels[index] ?? ""));
  // Hours over several days are named at midnight.
  const wanted =
    interval === "hour" && labels.length > 48 && spansDays
      ? labels.flatMap((label, index) => (label.slice(11, 13) === "00" ? [index] : []))
      : labels.map((_, index) => index);
  const every = Math.max(1, Math.ceil(wanted.length / fit));
  return wanted.filter((_, at) => at % every === 0).map((index) => ({ index, text: text(index) }));
}

/** Whether the last bucket still fills: the site's clock stands in it. */
export function isPartial(
  labels: readonly string[],
  interval: Interval,
  zone: string,
  now = Date.now(),
): boolean {
  const last = labels.at(-1);
  if (last === undefined) return false;
  const clock = wallClock(zone, now);
  const start = instantOf(last);
  const at = Date.parse(`${clock.replace(" ", "T")}Z`);
  if (Number.isNaN(start) || at < start) return true; // a bucket ahead of the clock is not complete
  if (interval === "month") return clock.slice(0, 7) === last.slice(0, 7);
  const width = { minute: 60_000, hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS };
  return at < start + width[interval];
}
