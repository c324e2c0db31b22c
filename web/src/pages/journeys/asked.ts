// What the URL says about journeys, and the question to the server.

import type { Filter } from "../../api/types";
import { filterText, readFilter } from "../../view/filters";
import { valueText } from "../../view/names";

/** Of `before` where the session's end is meant. */
export const END = "end";

export interface Wanted {
  /** Where the looking begins, as a filter's text; null is the session's start, or its end. */
  anchor: string | null;
  back: boolean;
  of: "pages" | "events";
  steps: number;
}

export const STEPS = ["3", "4", "5", "6"] as const;

export function readWanted(
  from: string | null,
  to: string | null,
  of: string,
  steps: string,
): Wanted {
  const anchor = to ?? from;
  return {
    anchor: anchor !== null && isWholeFilter(anchor) ? anchor : null,
    back: to !== null,
    of: of === "events" ? "events" : "pages",
    steps: STEPS.some((known) => known === steps) ? Number(steps) : 4,
  };
}

function isWholeFilter(text: string): boolean {
  const filter = readFilter(text);
  return filter !== null && filter.values.some((value) => value !== "");
}

/** The more steps, the fewer branches at each: a tree of both grows fast. */
const BRANCHES: Record<number, number> = { 3: 15, 4: 10, 5: 8, 6: 6 };

export function journeyBody({ anchor, back, of, steps }: Wanted) {
  return {
    of,
    direction: back ? "before" : "after",
    steps,
    branches: BRANCHES[steps] ?? 10,
    ...(anchor === null ? {} : { anchor: askedAnchor(anchor) }),
  };
}

function askedAnchor(text: string): object {
  const filter = readFilter(text);
  const [value] = filter?.values ?? [];
  if (filter?.operator === "is" && filter.values.length === 1 && value !== undefined) {
    if (filter.dimension === "event:page") return { page: value };
    if (filter.dimension === "event:name") return { event: value };
  }
  const filters: Filter[] =
    filter === null ? [] : [[filter.operator, filter.dimension, filter.values]];
  return { filters };
}

export function anchorText({ anchor, back }: Wanted): string {
  const filter = anchor === null ? null : readFilter(anchor);
  if (filter === null) return back ? "End of the session" : "Start of the session";
  const plain = filter.operator === "is" && filter.values.length === 1;
  return plain ? (filter.values[0] ?? "") : filterText(filter, valueText);
}
