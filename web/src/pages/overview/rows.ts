// What stands in a row of a panel: the text that the reader sees, and what a filter would say.

import { numberOf } from "../../api/report";
import type { Filter, Report } from "../../api/types";
import { safeLink } from "../../format";
import type { Bar } from "../../parts/bars";
import type { ViewFilter } from "../../view/filters";
import { metricShort } from "../../view/metrics";
import { countryName, languageName } from "../../view/names";

/** Of a dimension that a visit does not have. */
export const UNKNOWN = "(not set)";

/** A second dimension that names a value better: a city's country, a version's browser. */
const COMPANION: Record<string, string> = {
  "visit:region": "visit:country",
  "visit:city": "visit:country",
  "visit:browser_version": "visit:browser",
  "visit:os_version": "visit:os",
};

/** Values that most visits lack, and whose absence is no finding: they are left out of the list. */
const KNOWN_ONLY = new Set([
  "visit:region",
  "visit:city",
  "visit:utm_medium",
  "visit:utm_source",
  "visit:utm_campaign",
  "visit:utm_content",
  "visit:utm_term",
]);

export function dimensionsOf(dimension: string): string[] {
  const companion = COMPANION[dimension];
  return companion === undefined ? [dimension] : [dimension, companion];
}

export function filtersOf(dimension: string): Filter[] {
  return KNOWN_ONLY.has(dimension) ? [["is_not", dimension, [UNKNOWN]]] : [];
}

/** What the reader sees: `Chrome 148`, `Germany`, `www.google.com`. */
export function rowText(dimension: string, [value = "", companion = ""]: readonly string[]) {
  switch (dimension) {
    case "visit:country":
      return value === UNKNOWN ? "Unknown" : countryName(value);
    case "visit:language":
      return value === UNKNOWN ? "Unknown" : languageName(value);
    case "visit:browser_version":
    case "visit:os_version":
      return companion === UNKNOWN ? value : `${companion} ${value}`;
    case "visit:referrer":
      return value.replace(/^https?:\/\/(www\.)?/i, "").replace(/\/$/, "");
    default:
      return value === UNKNOWN ? "Unknown" : value;
  }
}

/** The country of a row, where it has one: for its flag. */
export function countryOf(dimension: string, [value = "", companion = ""]: readonly string[]) {
  if (dimension === "visit:country") return value;
  return dimension === "visit:region" || dimension === "visit:city" ? companion : null;
}

/** The rows of a breakdown, whose first metric is drawn; the second is how many convert. */
export function barsOf(
  report: Report,
  dimension: string,
  total: number | null,
  converting = false,
): Bar[] {
  return report.results.map(({ dimensions, metrics }) => {
    const count = numberOf(metrics[0]) ?? 0;
    return {
      // A version stands under several browsers: the list needs each apart.
      value: dimensions.join("\u0000"),
      text: rowText(dimension, dimensions),
      count,
      ...(converting ? { note: metricShort("group_conversion_rate", metrics[1]) } : {}),
      share: converting || total === null || total === 0 ? undefined : Math.min(1, count / total),
      href: dimension === "visit:referrer" ? safeLink(dimensions[0] ?? "") : null,
    };
  });
}

/**
 * The filters after a row was picked; a version brings its browser along, a city its country. What
 * is filtered by already is taken off again.
 */
export function picked(
  filters: readonly ViewFilter[],
  dimension: string,
  dimensions: readonly string[],
): ViewFilter[] {
  const pairs = dimensionsOf(dimension).map((each, at): [string, string] => [
    each,
    dimensions[at] ?? "",
  ]);
  const [own, companion] = pairs;
  if (own === undefined) return [...filters];
  const isOwn = ({ operator, dimension: by, values }: ViewFilter) =>
    operator === "is" && by === own[0] && values.length === 1 && values[0] === own[1];
  if (filters.some(isOwn)) return filters.filter((filter) => !isOwn(filter));
  const withCompanion =
    companion === undefined || companion[1] === UNKNOWN ? filters : set(filters, companion);
  return set(withCompanion, own);
}

function set(before: readonly ViewFilter[], [dimension, value]: [string, string]): ViewFilter[] {
  const others = before.filter(
    (filter) => filter.dimension !== dimension || filter.operator !== "is",
  );
  return [...others, { operator: "is", dimension, values: [value] }];
}

/** What a tab shows once a filter has chosen one value of it: the versions of that browser. */
const CLOSER: Record<string, string> = {
  "visit:browser": "visit:browser_version",
  "visit:os": "visit:os_version",
};

export function closer(dimension: string, filters: readonly ViewFilter[]): string {
  const next = CLOSER[dimension];
  const one = filters.some(
    (filter) =>
      filter.dimension === dimension && filter.operator === "is" && filter.values.length === 1,
  );
  return one && next !== undefined ? next : dimension;
}
