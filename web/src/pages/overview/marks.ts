// Annotations as marks on the chart: each in the bucket that it happened in, by the site's clock.

import { instantOf } from "../../parts/buckets";
import type { Mark } from "../../parts/chart";
import { addMonths, isDate, wallClock } from "../../view/dates";
import type { Interval } from "../../view/period";
import type { Annotation } from "./use-annotations";

/** A mark for each annotation of the buckets; those of one bucket are in order of their instants. */
export function marksOf(
  annotations: readonly Annotation[],
  labels: readonly string[],
  interval: Interval,
  zone: string,
): (Mark & { annotation: Annotation })[] {
  const starts = labels.map(instantOf);
  const last = labels.at(-1);
  if (last === undefined) return [];
  const end = endOf(last, interval);
  return annotations
    .map((annotation) => ({ annotation, at: clockAt(annotation.at, zone) }))
    .filter(({ at }) => at >= (starts[0] ?? 0) && at < end)
    .toSorted((a, b) => a.at - b.at)
    .map(({ annotation, at }) => ({
      index: starts.findLastIndex((start) => start <= at),
      text: annotation.text,
      annotation,
    }));
}

/** What the site's clock showed; a bare date is its midnight. */
export function clockAt(instant: string, zone: string): number {
  if (isDate(instant)) return instantOf(instant);
  const at = Date.parse(instant);
  return Number.isNaN(at) ? Number.NaN : instantOf(wallClock(zone, at));
}

const WIDTHS = { minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 };

function endOf(label: string, interval: Interval): number {
  return interval === "month"
    ? instantOf(addMonths(label.slice(0, 10), 1))
    : instantOf(label) + WIDTHS[interval];
}
