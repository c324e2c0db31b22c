// What a list asks of the server: its figures, its order, its rows.

import type { Question } from "../../api/report";
import { dimensionText, PROPERTY } from "../../view/filters";
import type { MetricId } from "../../view/metrics";
import type { Filter } from "../../api/types";
import { dimensionsOf, filtersOf } from "./rows";

/** How many rows a panel has. */
export const ROWS = 9;

/** What is counted in a panel: those who came in or left at a page are visits. */
export function countedOf(dimension: string): "visitors" | "visits" {
  return dimension === "visit:entry_page" || dimension === "visit:exit_page"
    ? "visits"
    : "visitors";
}

/** The figures of the long list; the first is what the panel counts. */
export function columnsOf(dimension: string): MetricId[] {
  if (dimension === "event:goal") return ["visitors", "events", "conversion_rate"];
  if (dimension === "event:name" || dimension.startsWith(PROPERTY)) return ["visitors", "events"];
  if (dimension === "event:page") {
    return ["visitors", "visits", "pageviews", "bounce_rate", "time_on_page", "scroll_depth"];
  }
  if (countedOf(dimension) === "visits") {
    return ["visits", "visitors", "pageviews", "bounce_rate", "visit_duration"];
  }
  return ["visitors", "visits", "pageviews", "bounce_rate", "visit_duration"];
}

/** The rows of a panel. Changes are for the long list: nobody reads nine of them at a glance. */
export function shortList(dimension: string, limit = ROWS): Question {
  return {
    metrics: [countedOf(dimension)],
    dimensions: dimensionsOf(dimension),
    filters: filtersOf(dimension),
    limit,
    compare: false,
  };
}

/** All of them, for the details and for a file. */
export function longList(dimension: string, further: Filter[] = []): Question {
  return {
    metrics: columnsOf(dimension),
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
