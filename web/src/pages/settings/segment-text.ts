// Filters of a segment in words. The grammar knows more than the dashboard sets; what has no words
// here is shown as it is written.

import type { Filter } from "../../api/types";
import { filterText, OPERATORS } from "../../view/filters";
import { valueText } from "../../view/names";

export function segmentText(filters: readonly unknown[]): string {
  return filters.map(inWords).join("; ");
}

function inWords(filter: unknown): string {
  if (!Array.isArray(filter)) return JSON.stringify(filter);
  const [operator, dimension, values] = filter as Filter;
  const known = OPERATORS.find(({ id }) => id === operator);
  if (
    known === undefined ||
    typeof dimension !== "string" ||
    !Array.isArray(values) ||
    filter.length !== 3
  ) {
    return JSON.stringify(filter);
  }
  return filterText({ operator: known.id, dimension, values: values.map(String) }, valueText);
}
