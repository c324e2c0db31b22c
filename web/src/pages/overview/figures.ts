// The figures over the page and what the chart draws of them: the answers of three reports, the
// totals, the buckets and the buckets of the compared period, made into rows and lines.

import { numberOf } from "../../api/report";
import type { Cell, Report, Site } from "../../api/types";
import { instantOf, isPartial } from "../../parts/buckets";
import type { Line } from "../../parts/chart";
import { today, wallClock } from "../../view/dates";
import { isConverting } from "../../view/filters";
import { METRICS, type MetricId } from "../../view/metrics";
import { type Interval, intervalsOf } from "../../view/period";
import type { View } from "../../view/view";

/** The figures of the strip, in its order. */
const FIGURES = [
  "visitors",
  "visits",
  "pageviews",
  "views_per_visit",
  "bounce_rate",
  "visit_duration",
] as const satisfies MetricId[];

/** The same where a goal is filtered by: what a visit was like says nothing of who converts. */
const CONVERSIONS = ["visitors", "events", "conversion_rate"] as const satisfies MetricId[];

export type Figure = (typeof FIGURES)[number] | (typeof CONVERSIONS)[number];

export const figuresOf = ({ filters }: Pick<View, "filters">): readonly Figure[] =>
  isConverting(filters) ? CONVERSIONS : FIGURES;

/** Whether a report has these figures: one that is kept from the view before may have others. */
export const fits = (report: Report, figures: readonly Figure[]): boolean =>
  (report.results[0]?.metrics.length ?? figures.length) === figures.length;

/** The metrics of the buckets, in the order of the figures: each bucket is a group of its own. */
export const bucketMetrics = (figures: readonly Figure[]): MetricId[] =>
  figures.map((figure) => (figure === "conversion_rate" ? "group_conversion_rate" : figure));

/** The widths of buckets to choose from. What is all there is begins with the first event. */
export function widthsOf(view: View, site: Site, now = Date.now()): Interval[] {
  const { period } = view;
  if ("named" in period && period.named === "all" && site.first_event_at !== null) {
    const from = wallClock(site.timezone, Date.parse(site.first_event_at)).slice(0, 10);
    return intervalsOf({ from, to: today(site.timezone, now) }, site.timezone, now);
  }
  return intervalsOf(period, site.timezone, now);
}

/** The width that the URL asks for where it suits the period, else the usual one. */
export function widthOf(view: View, site: Site, now = Date.now()): Interval {
  const widths = widthsOf(view, site, now);
  const usual = widths[0] ?? "day";
  return view.interval !== null && widths.includes(view.interval) ? view.interval : usual;
}

/** The change of a figure against the compared period. */
export function changeOf(report: Report, index: number): number | null | undefined {
  return report.results[0]?.comparison?.change[index];
}

/** How many of the buckets have begun, by the site's clock. */
export function begun(labels: readonly string[], zone: string, now = Date.now()): number {
  const clock = Date.parse(`${wallClock(zone, now).replace(" ", "T")}Z`);
  const ahead = labels.findIndex((label) => instantOf(label) > clock);
  return ahead === -1 ? labels.length : ahead;
}

/**
 * A figure bucket by bucket. The server leaves out buckets without events: nothing was counted
 * there, and no rate is known.
 */
export function valuesOf(report: Report, index: number, metric: MetricId): (number | null)[] {
  const empty = METRICS[metric].kind === "count" ? 0 : null;
  // Where clocks go back an hour has its label twice: each row is taken once, in order.
  const rows = new Map<string, Cell[]>();
  for (const { dimensions, metrics } of report.results) {
    const label = dimensions[0] ?? "";
    const cells = rows.get(label) ?? [];
    cells.push(metrics[index] ?? null);
    rows.set(label, cells);
  }
  const labels = report.meta.time_labels ?? [...rows.keys()];
  return labels.map((label) => {
    const cells = rows.get(label);
    return cells === undefined || cells.length === 0 ? empty : (numberOf(cells.shift()) ?? empty);
  });
}

/** What the chart draws of a figure. */
export function lineOf(
  report: Report,
  before: Report | undefined,
  figure: Figure,
  figures: readonly Figure[],
  interval: Interval,
  zone: string,
  now = Date.now(),
): Line {
  const index = figures.indexOf(figure);
  const labels = report.meta.time_labels ?? [];
  const sofar = begun(labels, zone, now);
  return {
    labels,
    interval,
    values: valuesOf(report, index, figure).slice(0, sofar),
    partial: sofar > 0 && isPartial(labels.slice(0, sofar), interval, zone, now),
    before:
      before === undefined
        ? undefined
        : { labels: before.meta.time_labels ?? [], values: valuesOf(before, index, figure) },
  };
}
