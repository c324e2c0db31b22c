// The hours of a week as a heat map: what each stands for, what a day and an hour come to, and
// which is the busiest.

import type { Schemas } from "../../api/types";

export type Week = Schemas["ActivityWeek"]["week"];

export const METRICS = [
  { value: "events", text: "Events" },
  { value: "visitors", text: "Visitors" },
  { value: "visits", text: "Visits" },
  { value: "pageviews", text: "Pageviews" },
] as const;

/** A Monday, for the names of days. */
const MONDAY = Date.UTC(2024, 0, 1);
const HOUR_MS = 3_600_000;

export function dayText(day: number, style: "short" | "long", locale?: string): string {
  return new Intl.DateTimeFormat(locale, { weekday: style, timeZone: "UTC" }).format(
    MONDAY + day * 24 * HOUR_MS,
  );
}

/** `14:00 – 15:00`, or `2:00 PM – 3:00 PM` where the reader counts so. */
export function hourText(hour: number, locale?: string): string {
  const format = new Intl.DateTimeFormat(locale, {
    hour: "numeric",
    minute: "2-digit",
    timeZone: "UTC",
  });
  // Not as a range: the last hour ends on another day, which would be named with its date.
  const at = (shown: number) => format.format(MONDAY + shown * HOUR_MS);
  return `${at(hour)} – ${at(hour + 1)}`;
}

/** `14` or `2 PM`: for the head of a column. */
export function hourShort(hour: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { hour: "numeric", timeZone: "UTC" }).format(
    MONDAY + hour * HOUR_MS,
  );
}

export interface Summary {
  /** The highest mean. */
  highest: number;
  busiest: { day: number; hour: number; mean: number } | null;
  /** The mean of an hour of each day, and of each hour over the days. */
  days: number[];
  hours: number[];
}

export function summary(week: Week): Summary {
  let busiest: Summary["busiest"] = null;
  for (const [day, { hours }] of week.entries()) {
    for (const { hour, mean } of hours) {
      if (mean !== null && mean > (busiest?.mean ?? 0)) busiest = { day, hour, mean };
    }
  }
  return {
    highest: busiest?.mean ?? 0,
    busiest,
    days: week.map(({ hours }) => meanOf(hours)),
    hours: Array.from({ length: 24 }, (_, hour) =>
      meanOf(week.flatMap(({ hours }) => hours.filter((cell) => cell.hour === hour))),
    ),
  };
}

function meanOf(cells: readonly { sum: number; hours: number }[]): number {
  const count = cells.reduce((all, cell) => all + cell.hours, 0);
  return count === 0 ? 0 : cells.reduce((all, cell) => all + cell.sum, 0) / count;
}

/** Of the colour, in percent; what is not nothing is seen. */
export function heat(mean: number | null, highest: number): number {
  if (mean === null || mean <= 0 || highest <= 0) return 0;
  return Math.round(6 + 94 * Math.min(1, mean / highest) ** 0.8);
}
