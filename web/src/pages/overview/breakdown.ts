// What a list asks of the server: its figures, its order, its rows.

import type { Question } from "../../api/report";
import { dimensionText, PROPERTY } from "../../view/filters";
import type { MetricId } from "../../view/metrics";
import type { Filter } from "../../api/types";
import { dimensionsOf, filtersOf } from "./rows";

const GOAL = "event:goal";

/** How many rows a panel has. */
export const ROWS = 9;

/** What is counted in a panel: those who came in or left at a page are visits. */
export function countedOf(dimension: string, converting = false): "visitors" | "visits" {
  if (converting) return "visitors";
  return dimension === "visit:entry_page" || dimension === "visit:exit_page"
    ? "visits"
    : "visitors";
}

/** The figures of the long list; the first is what the panel counts. */
export function columnsOf(dimension: string, converting = false): MetricId[] {
  if (dimension === GOAL) return ["visitors", "events", "conversion_rate"];
  // Of the group's own visitors: which source converts best, not which is the largest.
  if (converting) return ["visitors", "events", "group_conversion_rate"];
  if (dimension === "event:name" || dimension.startsWith(PROPERTY)) return ["visitors", "events"];
  if (dimension === "event:page") {
    return ["visitors", "visits", "pageviews", "bounce_rate", "time_on_page", "scroll_depth"];
  }
  if (countedOf(dimension) === "visits") {
    return ["visits", "visitors", "pageviews", "bounce_rate", "visit_duration"];
  }
  return ["visitors", "visits", "pageviews", "bounce_rate", "visit_duration"];
}

/** Goals are there to be chosen from, also while one of them is chosen. */
const scopeOf = (dimension: string): Partial<Question> =>
  dimension === GOAL ? { unfiltered: GOAL } : {};

/** The rows of a panel. Changes are for the long list: nobody reads nine of them at a glance. */
export function shortList(dimension: string, converting = false, limit = ROWS): Question {
  return {
    metrics: converting ? ["visitors", "group_conversion_rate"] : [countedOf(dimension)],
    dimensions: dimensionsOf(dimension),
    filters: filtersOf(dimension),
    limit,
    compare: false,
  };
}

/** All of them, for the details and for a file. */
export function longList(dimension: string, converting = false, further: Filter[] = []): Question {
  return {
    ...scopeOf(dimension),
    metrics: columnsOf(dimension, converting),
    dimensions: dimensionsOf(dimension),
    filters: [...filtersOf(dimension), ...further],
  };
}

/** In the name of a file: `source`, `plan`. */
export function fileWord(dimension: string): string {
  return dimension.split(":").at(-1) ?? dimension;
}

/** The head of the column with the values, in the singular. */
export const headOf = (dimension: string): string => dimensionText(dimension);
