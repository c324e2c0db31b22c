// What breakdowns and samples say about events by name: how each went over time, which properties
// they carry, which of those are numbers.

import type { EventDetail } from "../sessions/sessions-of";
import { numberOf } from "../../api/report";
import type { Report } from "../../api/types";

/** For each name its events in every bucket, zeros included. */
export function trends(report: Report): Map<string, number[]> {
  const labels = report.meta.time_labels ?? [];
  const place = new Map(labels.map((label, index) => [label, index]));
  const byName = new Map<string, number[]>();
  for (const { dimensions, metrics } of report.results) {
    const [name = "", label = ""] = dimensions;
    const at = place.get(label);
    if (at === undefined) continue;
    let values = byName.get(name);
    if (values === undefined) byName.set(name, (values = labels.map(() => 0)));
    values[at] = numberOf(metrics[0]) ?? 0;
  }
  return byName;
}

export interface PropertyKey {
  key: string;
  /** Whether all values that were seen are numbers. */
  isNumber: boolean;
}

/** The properties of sample events, those that most of them have first. */
export function propertyKeys(events: readonly EventDetail[]): PropertyKey[] {
  const found = new Map<string, { count: number; isNumber: boolean }>();
  for (const event of events) {
    for (const [key, value] of Object.entries<unknown>(event.properties)) {
      const before = found.get(key) ?? { count: 0, isNumber: true };
      found.set(key, {
        count: before.count + 1,
        isNumber: before.isNumber && isNumeric(value),
      });
    }
  }
  return [...found]
    .toSorted(([a, one], [b, other]) => other.count - one.count || a.localeCompare(b))
    .map(([key, { isNumber }]) => ({ key, isNumber }));
}

/** A number, or a text that the API counts as one. */
function isNumeric(value: unknown): boolean {
  return typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value));
}

/** The numbers of a property that are asked for, with what they are called. */
export const STATISTICS = [
  { id: "avg", text: "Mean" },
  { id: "p50", text: "Median" },
  { id: "p95", text: "95th percentile" },
  { id: "min", text: "Least" },
  { id: "max", text: "Most" },
  { id: "sum", text: "Sum" },
] as const;

export const statistic = (id: string, key: string) => `${id}(event:props:${key})`;

/** A number with as many decimals as it takes to tell it from its like. */
export function numberText(value: number, locale?: string): string {
  return new Intl.NumberFormat(locale, { maximumSignificantDigits: 5 }).format(value);
}
