// Calendar dates as the server writes them, `2026-11-20`. A date has no zone here: the site's zone
// cuts the days, on the server.

export type CalendarDate = string;

const WRITTEN = /^\d{4}-\d{2}-\d{2}$/;

export function isDate(text: string | null | undefined): text is CalendarDate {
  return typeof text === "string" && WRITTEN.test(text) && write(read(text)) === text;
}

/** The date that it is in a zone. */
export function today(zone: string, now = Date.now()): CalendarDate {
  return wallClock(zone, now).slice(0, 10);
}

/** What a clock in `zone` shows at `instant`: `2026-11-20 10:04:31`, as the server labels buckets. */
export function wallClock(zone: string, instant: number): string {
  return clock(zone).format(instant).replace(",", "").replace("T", " ");
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clock(zone: string): Intl.DateTimeFormat {
  let made = clocks.get(zone);
  if (made === undefined) {
    const parts = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
    const time = { hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
    // Swedish dates are written as ISO 8601 has them.
    const format = { ...parts, ...time, hourCycle: "h23" } as const;
    try {
      made = new Intl.DateTimeFormat("sv-SE", { ...format, timeZone: zone });
    } catch {
      made = new Intl.DateTimeFormat("sv-SE", { ...format, timeZone: "UTC" }); // unknown here
    }
    clocks.set(zone, made);
  }
  return made;
}

/**
 * The instant at which a clock in `zone` shows this date and time. A time that a change of clocks
 * leaves out is the one after the change.
 */
export function instantIn(zone: string, date: string, time: string): string {
  const wanted = Date.parse(`${date}T${time}:00Z`);
  const offset = (instant: number) =>
    Date.parse(`${wallClock(zone, instant).replace(" ", "T")}Z`) - instant;
  const first = wanted - offset(wanted);
  const second = wanted - offset(first);
  return new Date(second).toISOString();
}

export function addDays(date: CalendarDate, days: number): CalendarDate {
  return write(read(date) + days * 86_400_000);
}

/** The same day of another month, or that month's last day. */
export function addMonths(date: CalendarDate, months: number): CalendarDate {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  const first = Date.UTC(year, month - 1 + months, 1);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return write(first + (Math.min(day, last) - 1) * 86_400_000);
}

export const firstOfMonth = (date: CalendarDate): CalendarDate => `${date.slice(0, 7)}-01`;
export const lastOfMonth = (date: CalendarDate): CalendarDate =>
  addDays(addMonths(firstOfMonth(date), 1), -1);

/** Days from one date to another, both counted. */
export function daysBetween(from: CalendarDate, to: CalendarDate): number {
  return Math.round((read(to) - read(from)) / 86_400_000) + 1;
}

/** The date as an instant at noon UTC, for formatters set to UTC. */
export const noon = (date: CalendarDate): number => read(date) + 43_200_000;

function read(date: CalendarDate): number {
  return Date.parse(`${date}T00:00:00Z`);
}

function write(instant: number): CalendarDate {
  return Number.isNaN(instant) ? "" : new Date(instant).toISOString().slice(0, 10);
}
