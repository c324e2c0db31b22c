// From the buckets of a report to what the chart draws. Pure: time and locale come in.
//
// The x axis counts buckets, not seconds: a day of 23 or 25 hours stays evenly spaced, and labels
// sit exactly on buckets.

import type { Series } from "./api/reports";

export interface Shape {
  /** Bucket numbers, 0 for the oldest. */
  x: number[];
  /** Counts of complete buckets; null where the bucket is still filling. */
  complete: (number | null)[];
  /** The bucket still filling and the one before it, so that a line joins them; else null. */
  filling: (number | null)[];
  counts: number[];
  times: string[];
  interval: string;
  total: number;
  /** Whether the last bucket is still filling. */
  partial: boolean;
}

const WIDTH_MS: Record<string, number> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

export function shape({ buckets, interval, readAt }: Series): Shape {
  const counts = buckets.map((bucket) => bucket.count);
  const last = buckets.length - 1;
  const end = last < 0 ? Number.NaN : Date.parse(buckets[last]?.time ?? "") + width(interval);
  const partial = last >= 0 && readAt < end;
  return {
    x: counts.map((_, index) => index),
    complete: counts.map((count, index) => (partial && index === last ? null : count)),
    filling: counts.map((count, index) => (partial && index >= last - 1 ? count : null)),
    counts,
    times: buckets.map((bucket) => bucket.time),
    interval,
    total: counts.reduce((sum, count) => sum + count, 0),
    partial,
  };
}

function width(interval: string): number {
  return WIDTH_MS[interval] ?? 3_600_000;
}

/** The number of the highest bucket, or -1. */
export function peak(counts: number[]): number {
  return counts.reduce((best, count, index) => (count > (counts[best] ?? -1) ? index : best), -1);
}

/**
 * What a bucket is called under the pointer: `Fri, Nov 20, 10:00 – 11:00 AM`, or `Fri, Nov 20`
 * for a day.
 */
export function bucketLabel(time: string, interval: string, locale?: string, zone?: string) {
  const start = Date.parse(time);
  if (Number.isNaN(start)) return time;
  if (isDaily(interval)) {
    return new Intl.DateTimeFormat(locale, {
      weekday: "short",
      month: "short",
      day: "numeric",
      timeZone: "UTC",
    }).format(dateOf(time));
  }
  return new Intl.DateTimeFormat(locale, {
    weekday: "short",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    ...(zone === undefined ? {} : { timeZone: zone }),
  }).formatRange(start, start + width(interval));
}

export interface Tick {
  index: number;
  label: string;
}

/**
 * Labels for the x axis, at most `room` of them: hours of the reader's clock that divide the day
 * evenly, midnights once the series spans several days, every nth day for daily buckets.
 */
export function ticks(
  times: string[],
  interval: string,
  room: number,
  locale?: string,
  zone?: string,
): Tick[] {
  const fit = Math.max(2, Math.floor(room));
  if (isDaily(interval)) {
    const day = new Intl.DateTimeFormat(locale, {
      month: "short",
      day: "numeric",
      timeZone: "UTC",
    });
    const step = Math.max(1, Math.ceil(times.length / fit));
    const last = times.length - 1;
    return times.flatMap((time, index) =>
      (last - index) % step === 0 ? [{ index, label: day.format(dateOf(time)) }] : [],
    );
  }
  const at = zone === undefined ? {} : { timeZone: zone };
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "numeric", hourCycle: "h23", ...at });
  const hours = times.map((time) => {
    const start = Date.parse(time);
    return Number.isNaN(start) ? -1 : Number(clock.format(start));
  });
  const every = [1, 2, 3, 4, 6, 12].find(
    (step) => hours.filter((hour) => hour % step === 0).length <= fit,
  );
  if (every !== undefined && times.length <= 48) {
    const label = new Intl.DateTimeFormat(locale, { timeStyle: "short", ...at });
    return times.flatMap((time, index) =>
      (hours[index] ?? -1) >= 0 && (hours[index] ?? -1) % every === 0
        ? [{ index, label: label.format(Date.parse(time)) }]
        : [],
    );
  }
  const label = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", ...at });
  const midnights = times.flatMap((time, index) =>
    hours[index] === 0 ? [{ index, label: label.format(Date.parse(time)) }] : [],
  );
  const step = Math.max(1, Math.ceil(midnights.length / fit));
  return midnights.filter((_, index) => (midnights.length - 1 - index) % step === 0);
}

function isDaily(interval: string): boolean {
  return interval === "day" || interval === "week";
}

/**
 * The calendar date of a daily bucket, which begins at midnight in the site's zone, not in the
 * reader's. With an offset the date is the one written; in UTC it is the date at the bucket's
 * noon, right for every zone from UTC-12 to UTC+12.
 */
function dateOf(time: string): number {
  const written = /^(\d{4}-\d{2}-\d{2})(?:$|T.*[+-]\d{2}:?\d{2}$)/.exec(time)?.[1];
  if (written !== undefined) return Date.parse(`${written}T12:00:00Z`);
  return Date.parse(time) + 12 * 3_600_000;
}
