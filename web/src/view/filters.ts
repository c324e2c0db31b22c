// Filters as the reader sets them, one a dimension and kind: what the URL says, what the server is
// asked, what the reader reads.

import type { Filter } from "../api/types";

export const OPERATORS = [
  { id: "is", text: "is" },
  { id: "is_not", text: "is not" },
  { id: "contains", text: "contains" },
  { id: "contains_not", text: "does not contain" },
] as const;

export type Operator = (typeof OPERATORS)[number]["id"];

export interface ViewFilter {
  operator: Operator;
  dimension: string;
  values: string[];
}

/** What can be filtered by, in the order of the menu; properties are `event:props:<key>`. */
export const DIMENSIONS = [
  { id: "event:page", text: "Page", group: "Page" },
  { id: "visit:entry_page", text: "Entry page", group: "Page" },
  { id: "visit:exit_page", text: "Exit page", group: "Page" },
  { id: "event:hostname", text: "Hostname", group: "Page" },
  { id: "visit:source", text: "Source", group: "Source" },
  { id: "visit:referrer", text: "Referrer", group: "Source" },
  { id: "visit:channel", text: "Channel", group: "Source" },
  { id: "visit:utm_medium", text: "UTM medium", group: "Source" },
  { id: "visit:utm_source", text: "UTM source", group: "Source" },
  { id: "visit:utm_campaign", text: "UTM campaign", group: "Source" },
  { id: "visit:utm_content", text: "UTM content", group: "Source" },
  { id: "visit:utm_term", text: "UTM term", group: "Source" },
  { id: "visit:country", text: "Country", group: "Place" },
  { id: "visit:region", text: "Region", group: "Place" },
  { id: "visit:city", text: "City", group: "Place" },
  { id: "visit:browser", text: "Browser", group: "Device" },
  { id: "visit:browser_version", text: "Browser version", group: "Device" },
  { id: "visit:os", text: "Operating system", group: "Device" },
  { id: "visit:os_version", text: "System version", group: "Device" },
  { id: "visit:device", text: "Device", group: "Device" },
  { id: "visit:screen", text: "Screen", group: "Device" },
  { id: "visit:language", text: "Language", group: "Device" },
  { id: "event:goal", text: "Goal", group: "Event" },
  { id: "event:name", text: "Event", group: "Event" },
  { id: "event:element", text: "Element", group: "Event" },
] as const;

export const PROPERTY = "event:props:";

/** What a dimension is called: `Page`, or a property's own key. */
export function dimensionText(dimension: string): string {
  const known = DIMENSIONS.find(({ id }) => id === dimension);
  if (known !== undefined) return known.text;
  return dimension.startsWith(PROPERTY) ? dimension.slice(PROPERTY.length) : dimension;
}

/** `is,visit:source,Google,Bing`: each part percent-encoded, so that a comma in one is no border. */
export function writeFilter({ operator, dimension, values }: ViewFilter): string {
  return [operator, dimension, ...values].map(escaped).join(",");
}

/** A colon and a slash may stand as they are; whatever else a URL or this form needs is escaped. */
function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll("%3A", ":").replaceAll("%2F", "/");
}

export function readFilter(text: string): ViewFilter | null {
  let parts: string[];
  try {
    parts = text.split(",").map(decodeURIComponent);
  } catch {
    return null;
  }
  const [operator, dimension, ...values] = parts;
  const known = OPERATORS.find(({ id }) => id === operator);
  if (known === undefined || dimension === undefined || !isDimension(dimension)) return null;
  return values.length === 0 ? null : { operator: known.id, dimension, values };
}

function isDimension(text: string): boolean {
  if (text.startsWith(PROPERTY)) return text.length > PROPERTY.length;
  return DIMENSIONS.some(({ id }) => id === text);
}

/** The filters in the query grammar. */
export function asked(filters: readonly ViewFilter[], segment: number | null): Filter[] {
  const own = filters.map(({ operator, dimension, values }) => [operator, dimension, values]);
  return segment === null ? own : [...own, ["is", "segment", [segment]]];
}

/** With one more value: it joins the filter of the same dimension and operator, where there is one. */
export function withValue(
  filters: readonly ViewFilter[],
  dimension: string,
  value: string,
  operator: Operator = "is",
): ViewFilter[] {
  const same = (filter: ViewFilter) =>
    filter.dimension === dimension && filter.operator === operator;
  if (!filters.some(same)) return [...filters, { operator, dimension, values: [value] }];
  return filters.map((filter) =>
    same(filter) ? { ...filter, values: [...new Set([...filter.values, value])] } : filter,
  );
}

const GOAL = "event:goal";

/** Whether only what reached a goal is counted: then visitors are conversions. */
export const isConverting = (filters: readonly ViewFilter[]): boolean =>
  filters.some(
    ({ dimension, operator }) =>
      dimension === GOAL && (operator === "is" || operator === "contains"),
  );

/** What a filter says: `Source is Google or Bing`. */
export function filterText(
  { operator, dimension, values }: ViewFilter,
  shown: (dimension: string, value: string) => string = (_, value) => value,
): string {
  const verb = OPERATORS.find(({ id }) => id === operator)?.text ?? operator;
  const list = new Intl.ListFormat(undefined, { type: "disjunction" });
  const names = values.map((value) => shown(dimension, value));
  const few = names.length > 3 ? [...names.slice(0, 2), `${names.length - 2} others`] : names;
  return `${dimensionText(dimension)} ${verb} ${list.format(few)}`;
}
