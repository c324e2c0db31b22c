// All that decides what a page shows, as the URL has it. A URL that says nothing is the default;
// what it says wrongly is passed over, since old links must open something.

import { isDate } from "./dates";
import { readFilter, type ViewFilter, writeFilter } from "./filters";
import { DEFAULT_PERIOD, type Interval, isNamed, type Period } from "./period";

export type Comparison = "none" | "previous" | "year" | { from: string; to: string };

export interface View {
  period: Period;
  comparison: Comparison;
  /** Whether the compared period begins on the same day of the week. */
  matchWeekday: boolean;
  filters: ViewFilter[];
  segment: number | null;
  interval: Interval | null;
}

/** What follows the `?`: keys with their values in order. */
export type Search = Record<string, string[]>;

export function parseSearch(text: string): Search {
  const search: Search = {};
  for (const [key, value] of new URLSearchParams(text)) (search[key] ??= []).push(value);
  return search;
}

export function writeSearch(search: Search): string {
  const params = new URLSearchParams();
  for (const [key, values] of Object.entries(search)) {
    for (const value of Array.isArray(values) ? values : [values]) params.append(key, value);
  }
  // Legible where a query string may be: these need no escape there.
  const text = params.toString();
  const legible = text.replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%2F", "/");
  return legible === "" ? "" : `?${legible}`;
}

const INTERVALS: readonly Interval[] = ["minute", "hour", "day", "week", "month"];

export function readView(search: Search): View {
  const one = (key: string) => search[key]?.at(-1) ?? null;
  const interval = one("interval");
  const segment = Number(one("segment"));
  return {
    period: readPeriod(one("period"), one("from"), one("to")),
    comparison: readComparison(one("compare"), one("compare_from"), one("compare_to")),
    matchWeekday: one("match") === "weekday",
    filters: (search["f"] ?? []).flatMap((text) => readFilter(text) ?? []).slice(0, 20),
    segment: Number.isSafeInteger(segment) && segment > 0 ? segment : null,
    interval: INTERVALS.find((known) => known === interval) ?? null,
  };
}

function readPeriod(name: string | null, from: string | null, to: string | null): Period {
  if (name !== null && isNamed(name)) return { named: name };
  if (isDate(from) && isDate(to)) return from <= to ? { from, to } : { from: to, to: from };
  return { named: DEFAULT_PERIOD };
}

function readComparison(name: string | null, from: string | null, to: string | null): Comparison {
  if (name === "none" || name === "previous" || name === "year") return name;
  if (isDate(from) && isDate(to)) return from <= to ? { from, to } : { from: to, to: from };
  return "previous";
}

/** The search with `change` in it: keys of the view that are at their default are left out. */
export function changeView(search: Search, change: Partial<View>): Search {
  const view = { ...readView(search), ...change };
  const next: Search = { ...search };
  const put = (key: string, value: string | null) => {
    if (value === null) delete next[key];
    else next[key] = [value];
  };
  const { period, comparison } = view;
  const named = "named" in period;
  put("period", named && period.named !== DEFAULT_PERIOD ? period.named : null);
  put("from", named ? null : period.from);
  put("to", named ? null : period.to);
  const custom = typeof comparison === "object";
  put("compare", custom || comparison === "previous" ? null : comparison);
  put("compare_from", custom ? comparison.from : null);
  put("compare_to", custom ? comparison.to : null);
  put("match", view.matchWeekday ? "weekday" : null);
  put("segment", view.segment === null ? null : String(view.segment));
  put("interval", view.interval);
  if (view.filters.length === 0) delete next["f"];
  else next["f"] = view.filters.map(writeFilter);
  return next;
}

/** What an empty list says: it may be the filters that leave nothing. */
export function nothingText({ filters, segment }: View): string {
  return filters.length > 0 || segment !== null
    ? "Nothing matches these filters in this period."
    : "Nothing in this period.";
}
