// The period that is looked at: what the URL says, what the server is asked, what the reader reads.

import {
  addDays,
  addMonths,
  type CalendarDate,
  daysBetween,
  firstOfMonth,
  lastOfMonth,
  noon,
  today,
} from "./dates";

export const PERIODS = [
  { id: "realtime", text: "Realtime", key: "R" },
  { id: "day", text: "Today", key: "D" },
  { id: "yesterday", text: "Yesterday", key: "E" },
  { id: "24h", text: "Last 24 hours", key: "H" },
  { id: "7d", text: "Last 7 days", key: "W" },
  { id: "28d", text: "Last 28 days", key: "F" },
  { id: "30d", text: "Last 30 days", key: "T" },
  { id: "91d", text: "Last 91 days", key: "N" },
  { id: "month", text: "Month to date", key: "M" },
  { id: "last-month", text: "Last month", key: "P" },
  { id: "6mo", text: "Last 6 months", key: "S" },
  { id: "12mo", text: "Last 12 months", key: "L" },
  { id: "year", text: "Year to date", key: "Y" },
  { id: "all", text: "All time", key: "A" },
] as const;

export type Named = (typeof PERIODS)[number]["id"];

/** A period by name, or from one date to another, both included. */
export type Period = { named: Named } | { from: CalendarDate; to: CalendarDate };

export const DEFAULT_PERIOD: Named = "7d";

export const isNamed = (text: string): text is Named => PERIODS.some(({ id }) => id === text);

/**
 * `date_range` of the query grammar. Days that are over are asked for by their dates: after midnight
 * the same name would be another question that looks the same.
 */
export function dateRange(period: Period, zone: string, now = Date.now()): unknown {
  if (!("named" in period)) return [period.from, period.to];
  if (period.named === "yesterday") {
    const day = addDays(today(zone, now), -1);
    return [day, day];
  }
  if (period.named === "last-month") {
    const day = addMonths(firstOfMonth(today(zone, now)), -1);
    return [day, lastOfMonth(day)];
  }
  return period.named;
}

/** The dates of a period, where it has whole days: what stepping back and forth starts from. */
export function datesOf(
  period: Period,
  zone: string,
  now = Date.now(),
): { from: CalendarDate; to: CalendarDate } | null {
  if (!("named" in period)) return period;
  const day = today(zone, now);
  const back = (days: number) => ({ from: addDays(day, 1 - days), to: day });
  switch (period.named) {
    case "day":
      return back(1);
    case "yesterday":
      return { from: addDays(day, -1), to: addDays(day, -1) };
    case "7d":
      return back(7);
    case "28d":
      return back(28);
    case "30d":
      return back(30);
    case "91d":
      return back(91);
    case "month":
      return { from: firstOfMonth(day), to: day };
    case "last-month": {
      const first = addMonths(firstOfMonth(day), -1);
      return { from: first, to: lastOfMonth(first) };
    }
    case "6mo":
      return { from: firstOfMonth(addMonths(firstOfMonth(day), -5)), to: lastOfMonth(day) };
    case "12mo":
      return { from: firstOfMonth(addMonths(firstOfMonth(day), -11)), to: lastOfMonth(day) };
    case "year":
      return { from: `${day.slice(0, 4)}-01-01`, to: day };
    case "realtime":
    case "24h":
    case "all":
      return null;
  }
}

/** The period of the same length before or after; a calendar month steps by months. */
export function step(period: Period, direction: -1 | 1, zone: string, now = Date.now()): Period {
  const dates = datesOf(period, zone, now);
  if (dates === null) return period;
  const { from, to } = dates;
  const month =
    firstOfMonth(from) === from &&
    (lastOfMonth(from) === to || ("named" in period && period.named === "month"));
  if (month) {
    const first = addMonths(from, direction);
    return { from: first, to: lastOfMonth(first) };
  }
  const days = daysBetween(from, to) * direction;
  return { from: addDays(from, days), to: addDays(to, days) };
}

/** Whether there is a period before or after to step to: none has whole days in the future. */
export function mayStep(
  period: Period,
  direction: -1 | 1,
  zone: string,
  now = Date.now(),
): boolean {
  const dates = datesOf(period, zone, now);
  return dates !== null && (direction === -1 || dates.to < today(zone, now));
}

/** Whether a period ends before today: nothing of it changes any more but by late events. */
export function isPast(period: Period, zone: string, now = Date.now()): boolean {
  const dates = datesOf(period, zone, now);
  return dates !== null && dates.to < today(zone, now);
}

export type Interval = "minute" | "hour" | "day" | "week" | "month";

/** The widths of buckets that suit a period; the first is the usual one. */
export function intervalsOf(period: Period, zone: string, now = Date.now()): Interval[] {
  if ("named" in period && period.named === "realtime") return ["minute"];
  if ("named" in period && period.named === "24h") return ["hour", "minute"];
  if ("named" in period && period.named === "all") return ["month", "week", "day"];
  const dates = datesOf(period, zone, now);
  const days = dates === null ? 1 : daysBetween(dates.from, dates.to);
  if (days <= 1) return ["hour", "minute"];
  if (days <= 8) return ["day", "hour"];
  if (days <= 31) return ["day", "hour", "week"];
  if (days <= 100) return ["day", "week", "month"];
  if (days <= 400) return ["month", "week", "day"];
  return ["month", "week"];
}

/** What a period is called: `Last 7 days`, `20 Nov 2026`, `1 – 14 Nov 2026`. */
export function periodText(period: Period, locale?: string): string {
  if ("named" in period) return PERIODS.find(({ id }) => id === period.named)?.text ?? "";
  const format = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
  return format.formatRange(noon(period.from), noon(period.to));
}
