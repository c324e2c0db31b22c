// Where pressing a bucket of the chart leads: the bucket as a period of its own.

import { addDays, lastOfMonth } from "../../view/dates";
import { datesOf, type Interval, type Period } from "../../view/period";

/** The bucket as a period, within the one that is shown; null where there is nothing closer. */
export function lookCloser(
  label: string,
  interval: Interval,
  shown: Period,
  zone: string,
  now = Date.now(),
): Period | null {
  const date = label.slice(0, 10);
  const dates = datesOf(shown, zone, now);
  const within = (from: string, to: string): Period => ({
    from: dates !== null && dates.from > from ? dates.from : from,
    to: dates !== null && dates.to < to ? dates.to : to,
  });
  switch (interval) {
    case "month":
      return within(date, lastOfMonth(date));
    case "week":
      return within(date, addDays(date, 6));
    case "day":
      return dates !== null && dates.from === dates.to ? null : { from: date, to: date };
    case "hour":
    case "minute":
      // Nothing is narrower than a day but the last half hour.
      return dates === null || dates.from === dates.to ? null : { from: date, to: date };
  }
}
