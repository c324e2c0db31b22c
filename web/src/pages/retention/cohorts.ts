// Cohorts as rows of a table: what of them is worth showing, what is not complete yet, how dark a
// cell is.

import type { Schemas } from "../../api/types";
import type { Interval, Period } from "../../view/period";
import { datesOf } from "../../view/period";
import { daysBetween } from "../../view/dates";

export type Returned = Schemas["Returned"];
type CohortTable = Schemas["CohortTable"];

export const INTERVALS = [
  { value: "day", text: "Days" },
  { value: "week", text: "Weeks" },
  { value: "month", text: "Months" },
] as const;

export type CohortInterval = (typeof INTERVALS)[number]["value"];

/** The interval that gives a period enough cohorts to read, and not too many. */
export function usualInterval(period: Period, zone: string, now = Date.now()): CohortInterval {
  const dates = datesOf(period, zone, now);
  if (dates === null) return "named" in period && period.named === "all" ? "week" : "day";
  const days = daysBetween(dates.from, dates.to);
  return days <= 31 ? "day" : days <= 190 ? "week" : "month";
}

export interface RateRow {
  id: string;
  visitors: number;
  cells: readonly Returned[];
  /** The last cell is of an interval that has not ended. */
  partial: boolean;
}

/** Without the cohorts before anybody came, and with as many columns as the first of the rest has. */
export function cohortRows(table: CohortTable, running: boolean): RateRow[] {
  const first = table.cohorts.findIndex(({ visitors }) => visitors > 0);
  if (first < 0) return [];
  return table.cohorts.slice(first).map((cohort) => ({
    id: cohort.start,
    visitors: cohort.visitors,
    cells: cohort.returned,
    partial: running,
  }));
}

/**
 * The mean of all cohorts, as far as there is a cohort so old. While the period runs, each cohort's
 * last interval has not ended: whoever may still come back in it would count as gone, so it is left
 * out. Only the first interval, in which everybody is there, counts in any case.
 */
export function sumsRow(
  id: string,
  table: CohortTable,
  columns: number,
  running: boolean,
): RateRow {
  const cells = table.sums.slice(0, columns).map((sum, offset) => {
    if (!running || offset === 0) return sum;
    const open = table.cohorts.flatMap(({ returned }) =>
      returned.length === offset + 1 ? returned.slice(-1) : [],
    );
    const of = open.reduce((left, cell) => left - cell.of, sum.of);
    const visitors = open.reduce((left, cell) => left - cell.visitors, sum.visitors);
    return { of, visitors, rate: of > 0 ? Math.round((visitors / of) * 10_000) / 100 : null };
  });
  return { id, visitors: cells[0]?.of ?? 0, cells, partial: false };
}

export const columnsOf = (rows: readonly RateRow[]): number =>
  Math.max(0, ...rows.map(({ cells }) => cells.length));

/** The highest rate of those who came back later: what the darkest cell stands for. */
export function highestRate(rows: readonly RateRow[]): number {
  return Math.max(1, ...rows.flatMap(({ cells }) => cells.slice(1).map(({ rate }) => rate ?? 0)));
}

/**
 * How much of the colour a cell has, in percent. At most half of it: the text on it stays legible
 * in both themes. The power spreads the low rates, which are most of them.
 */
export function shade(rate: number | null, highest: number): number {
  if (rate === null || rate <= 0) return 0;
  return Math.round(Math.min(1, rate / highest) ** 0.75 * 50);
}

/** The offsets that are spoken of, as far as there are such. */
export function headlines(interval: Interval, cells: readonly Returned[]) {
  const offsets = { day: [1, 7, 28], week: [1, 4, 12], month: [1, 3, 6] };
  const wanted = interval === "week" || interval === "month" ? offsets[interval] : offsets.day;
  return wanted.flatMap((offset) => {
    const cell = cells[offset];
    return cell === undefined || cell.rate === null ? [] : [{ offset, cell }];
  });
}
