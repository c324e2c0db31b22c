// The values of a filter: those that the events have are suggested as one types.

import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useState } from "react";
import { numberOf, queryBody, reportOptions } from "../../api/report";
import { useGoals, useSite } from "../../api/site";
import type { Report } from "../../api/types";
import { formatShort } from "../../format";
import { failureText } from "../../parts/answer";
import { FIELD } from "../../parts/menu";
import { dimensionText, type Operator, type ViewFilter } from "../../view/filters";
import { valueText } from "../../view/names";
import { searched } from "../../view/search";
import { useView } from "../../view/use-view";
import { type Suggestion, toggled, typedValue } from "./edit";

interface Suggested extends Suggestion {
  count: number | null;
}

const GOAL = "event:goal";

/** Whether values are codes or names of a list, which no text stands for by itself. */
export const isClosed = (dimension: string) => dimension === "visit:country" || dimension === GOAL;

export function FilterValues({
  dimension,
  operator,
  others,
  values,
  onChange,
  typed,
  onType,
}: {
  dimension: string;
  operator: Operator;
  /** The filters beside this one: what they leave is suggested. */
  others: readonly ViewFilter[];
  values: readonly string[];
  onChange: (values: string[]) => void;
  typed: string;
  onType: (text: string) => void;
}) {
  const { suggestions, error, pending } = useSuggestions(dimension, typed, others);
  const shown = useDeferredValue(suggestions);
  const name = dimensionText(dimension);

  const add = () => {
    const value = typedValue(typed, operator, suggestions, isClosed(dimension));
    if (value === null) return;
    if (!values.includes(value)) onChange([...values, value]);
    onType("");
  };

  return (
    <div className="flex flex-col gap-2 text-sm">
      <label className="flex flex-col gap-1">
        {operator === "contains" || operator === "contains_not" ? "Text in it" : "Values"}
        <input
          type="search"
          className={FIELD}
          placeholder={`Search ${name}, or type and press Enter`}
          value={typed}
          onChange={({ target }) => onType(target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || typed.trim() === "") return;
            event.preventDefault();
            add();
          }}
        />
      </label>
      {values.length > 0 && (
        <ul aria-label="Chosen values" className="flex flex-wrap gap-1.5">
          {values.map((value) => (
            <li
              key={value}
              className="inline-flex h-7 max-w-full items-center rounded-md bg-race-soft pl-2"
            >
              <span className="truncate">{valueText(dimension, value)}</span>
              <button
                type="button"
                aria-label={`Remove ${valueText(dimension, value)}`}
                className="size-7 shrink-0 text-muted hover:text-ink"
                onClick={() => onChange(toggled(values, value))}
              >
                <span aria-hidden="true">×</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <fieldset
        aria-busy={pending}
        className="h-56 overflow-y-auto rounded-md border border-line bg-ground p-1"
      >
        <legend className="sr-only">Values in this period</legend>
        {error !== null ? (
          <p role="alert" className="p-2 text-fault">
            {failureText(error)}
          </p>
        ) : (
          shown.length === 0 &&
          !pending && <p className="p-2 text-muted">No such value in this period.</p>
        )}
        {shown.map(({ value, text, count }) => (
          <label
            key={value}
            className="flex cursor-pointer items-center gap-2.5 rounded px-2 py-1 hover:bg-race-soft"
          >
            <input
              type="checkbox"
              className="accent-race"
              checked={values.includes(value)}
              onChange={() => onChange(toggled(values, value))}
            />
            <span className="min-w-0 flex-1 truncate">{text === "" ? "(none)" : text}</span>
            {count !== null && <span className="text-muted">{formatShort(count)}</span>}
          </label>
        ))}
      </fieldset>
    </div>
  );
}

function useSuggestions(dimension: string, typed: string, others: readonly ViewFilter[]) {
  const site = useSite();
  const [view] = useView();
  const text = useSettled(typed);
  const goals = useGoals();
  const isGoal = dimension === GOAL;
  const body = queryBody(
    site,
    { ...view, filters: [...others] },
    {
      metrics: ["visitors"],
      dimensions: [dimension],
      filters: isGoal ? [] : searched(dimension, text),
      limit: 60,
      compare: false,
    },
  );
  const report = useQuery({
    ...reportOptions<Report>(site.id, "/api/v2/query", body, false),
    enabled: !isGoal,
    staleTime: 30_000,
  });
  if (isGoal) {
    const wanted = typed.trim().toLocaleLowerCase();
    const suggestions: Suggested[] = (goals.data?.goals ?? [])
      .filter(({ name }) => name.toLocaleLowerCase().includes(wanted))
      .map(({ name }) => ({ value: name, text: name, count: null }));
    return { suggestions, error: goals.error, pending: goals.isPending };
  }
  const suggestions = (report.data?.results ?? []).map(
    ({ dimensions: [value = ""], metrics }): Suggested => ({
      value,
      text: valueText(dimension, value),
      count: numberOf(metrics[0]),
    }),
  );
  return {
    suggestions,
    error: report.data === undefined ? report.error : null,
    pending: report.isPending || report.isPlaceholderData || text !== typed,
  };
}

/** The text once the reader pauses: not each letter is a question to the server. */
function useSettled(text: string, pauseMs = 200): string {
  const [settled, settle] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => settle(text), pauseMs);
    return () => clearTimeout(timer);
  }, [text, pauseMs]);
  return settled;
}
