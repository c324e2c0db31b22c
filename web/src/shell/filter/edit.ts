// Filters as they are edited: pure steps between what is set and what the reader does.

import type { Operator, ViewFilter } from "../../view/filters";

/** The filters with one put in the place of `index`, or at the end; the same twice is one. */
export function withFilter(
  filters: readonly ViewFilter[],
  index: number | null,
  filter: ViewFilter,
): ViewFilter[] {
  const next =
    index === null || index >= filters.length ? [...filters, filter] : filters.with(index, filter);
  return next.filter((each, at) => at === next.findIndex((other) => says(other) === says(each)));
}

const says = (filter: ViewFilter) => JSON.stringify(filter);

export interface Suggestion {
  value: string;
  text: string;
}

/** What Enter adds of a typed text: the value that is called so, else the text itself. */
export function typedValue(
  typed: string,
  operator: Operator,
  suggestions: readonly Suggestion[],
  /** Whether values are codes or names of a list, which no text stands for by itself. */
  closed: boolean,
): string | null {
  const text = typed.trim();
  if (text === "") return null;
  const whole = operator === "is" || operator === "is_not";
  if (!whole) return text;
  const same = (a: string) => a.toLocaleLowerCase() === text.toLocaleLowerCase();
  const called = suggestions.find((each) => same(each.text) || same(each.value));
  if (called !== undefined) return called.value;
  return closed ? (suggestions[0]?.value ?? null) : text;
}

export function toggled(values: readonly string[], value: string): string[] {
  return values.includes(value) ? values.filter((each) => each !== value) : [...values, value];
}
