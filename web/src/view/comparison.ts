// What the view's period is compared with. A period that includes now is compared with an earlier
// one that ends at the same time of day: whole days against a day that has just begun would show
// nothing but a loss.

import { addDays, addMonths, type CalendarDate, daysBetween, instantIn, wallClock } from "./dates";
import { datesOf } from "./period";
import type { View } from "./view";

/** Nothing lies before everything, and the last half hour has nothing to be measured by. */
function compares({ comparison, period }: View): boolean {
  if (comparison === "none") return false;
  return !("named" in period && ["all", "realtime"].includes(period.named));
}

/**
 * The whole days that a period which includes today is compared with, up to the day that stands
 * where today does; null where the server finds them by itself, as for what is over.
 */
export function earlierDays(
  view: View,
  zone: string,
  now = Date.now(),
): { from: CalendarDate; to: CalendarDate } | null {
  if (!compares(view) || typeof view.comparison === "object") return null;
  const dates = datesOf(view.period, zone, now);
  const day = wallClock(zone, now).slice(0, 10);
  if (dates === null || day < dates.from || day > dates.to) return null;
  if (view.comparison === "year") {
    // 52 weeks are the nearest to a year that begin on the same day of the week.
    const back = (date: CalendarDate) =>
      view.matchWeekday ? addDays(date, -364) : addMonths(date, -12);
    return { from: back(dates.from), to: back(day) };
  }
  const days = daysBetween(dates.from, day);
  const by = view.matchWeekday ? Math.ceil(days / 7) * 7 : days;
  return { from: addDays(dates.from, -by), to: addDays(day, -by) };
}

/** A clock's `10:04:31` as `10:00`, in steps: a question stays the same for a while. */
function stepped(clock: string): string {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  // Ten minutes are much of a day that has just begun. None at all would be no period.
  const step = hours < 2 ? 1 : 10;
  const minute = hours === 0 ? Math.max(1, minutes) : minutes - (minutes % step);
  return [hours, minute].map((part) => String(part).padStart(2, "0")).join(":");
}

/** `include.comparisons` of the query grammar. */
export function askedComparison(
  view: View,
  zone: string,
  now = Date.now(),
): Record<string, unknown> | undefined {
  if (!compares(view)) return undefined;
  const { comparison, matchWeekday } = view;
  const match = matchWeekday ? { match_day_of_week: true } : {};
  if (typeof comparison === "object") {
    return { mode: "custom", date_range: [comparison.from, comparison.to], ...match };
  }
  const days = earlierDays(view, zone, now);
  if (days !== null) {
    const time = stepped(wallClock(zone, now).slice(11));
    // Both ends are included.
    const end = Date.parse(instantIn(zone, days.to, time)) - 1;
    return {
      mode: "custom",
      date_range: [instantIn(zone, days.from, "00:00"), new Date(end).toISOString()],
    };
  }
  return { mode: comparison === "year" ? "year_over_year" : "previous_period", ...match };
}
