// One condition as fields: what, how, and a value with suggestions of what the site has.

import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { ask } from "../../api/client";
import { viewBody } from "../../api/report";
import { useGoals, useSite } from "../../api/site";
import type { Report } from "../../api/types";
import { FIELD } from "../../parts/menu";
import { DIMENSIONS, OPERATORS, type ViewFilter } from "../../view/filters";
import { valueText } from "../../view/names";
import { useView } from "../../view/use-view";

export const SELECT =
  "h-8 min-w-0 rounded-md border border-line bg-panel px-2 text-sm text-ink hover:border-muted";

const GROUPS = ["Source", "Place", "Device"] as const;

export function ConditionFields({
  label,
  filter,
  onChange,
}: {
  /** Whose fields these are: `Step 2`. */
  label: string;
  filter: ViewFilter;
  onChange: (filter: ViewFilter) => void;
}) {
  const goals = useGoals();
  const goal = filter.dimension === "event:goal";
  const withGoals = goal || (goals.data?.goals.length ?? 0) > 0;
  return (
    <div className="grid grid-cols-2 gap-1.5">
      <select
        aria-label={`${label}: what`}
        className={SELECT}
        value={filter.dimension}
        onChange={(event) =>
          onChange({ operator: "is", dimension: event.target.value, values: [""] })
        }
      >
        <option value="event:page">Page</option>
        <option value="event:name">Event</option>
        {withGoals && <option value="event:goal">Goal</option>}
        <option value="event:element">Element</option>
        <option value="event:hostname">Hostname</option>
        {GROUPS.map((group) => (
          <optgroup key={group} label={group}>
            {DIMENSIONS.filter((dimension) => dimension.group === group).map(({ id, text }) => (
              <option key={id} value={id}>
                {text}
              </option>
            ))}
          </optgroup>
        ))}
        {!isListed(filter.dimension) && (
          <option value={filter.dimension}>{filter.dimension}</option>
        )}
      </select>
      <select
        aria-label={`${label}: how`}
        className={SELECT}
        value={filter.operator}
        onChange={(event) => {
          const operator = OPERATORS.find(({ id }) => id === event.target.value);
          if (operator !== undefined) onChange({ ...filter, operator: operator.id });
        }}
      >
        {OPERATORS.filter(({ id }) => !goal || id.startsWith("is")).map(({ id, text }) => (
          <option key={id} value={id}>
            {text}
          </option>
        ))}
      </select>
      <ValueField
        key={filter.dimension}
        label={`${label}: value`}
        dimension={filter.dimension}
        value={filter.values.join(" | ")}
        onChange={(value) => onChange({ ...filter, values: value.split(" | ") })}
      />
    </div>
  );
}

function isListed(dimension: string): boolean {
  return DIMENSIONS.some(({ id }) => id === dimension);
}

/** Takes effect when it is left, on Enter, or when a suggestion is chosen. */
export function ValueField({
  label,
  dimension,
  value,
  onChange,
}: {
  label: string;
  dimension: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? value;
  const [open, setOpen] = useState(false);
  const list = useId();
  const values = useValues(dimension, open);
  const settle = (next: string) => {
    setTyped(null);
    if (next !== value) onChange(next);
  };
  return (
    <>
      <input
        aria-label={label}
        className={`${FIELD} col-span-2`}
        list={list}
        value={text}
        placeholder={dimension === "event:page" ? "/path" : "Choose or type"}
        autoComplete="off"
        onFocus={() => setOpen(true)}
        onChange={(event) => {
          setTyped(event.target.value);
          if (values.includes(event.target.value)) settle(event.target.value);
        }}
        onBlur={() => settle(text.trim())}
        onKeyDown={(event) => {
          if (event.key === "Enter") settle(text.trim());
        }}
      />
      <datalist id={list}>
        {values.map((known) => (
          <option key={known} value={known}>
            {valueText(dimension, known)}
          </option>
        ))}
      </datalist>
    </>
  );
}

/** The values of a dimension that most visitors have, in the view's period. */
export function useValues(dimension: string, enabled: boolean): readonly string[] {
  const site = useSite();
  const [view] = useView();
  const goals = useGoals();
  const goal = dimension === "event:goal";
  const body = {
    site_id: site.id,
    metrics: ["visitors"],
    dimensions: [dimension],
    date_range: viewBody(site, view).date_range,
    pagination: { limit: 100, offset: 0 },
  };
  const query = useQuery({
    queryKey: [site.id, "values", body],
    queryFn: ({ signal }) => ask<Report>(site.id, "/api/v2/query", { body, signal }),
    enabled: enabled && !goal,
    staleTime: 60_000,
    retry: false,
  });
  if (goal) return goals.data?.goals.map(({ name }) => name) ?? [];
  return query.data?.results.flatMap(({ dimensions }) => dimensions[0] ?? []) ?? [];
}
