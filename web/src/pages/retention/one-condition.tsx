import { readFilter, type ViewFilter, writeFilter } from "../../view/filters";
import { useGoals } from "../../api/site";
import { SELECT, ValueField } from "../funnels/condition";

const KINDS = [
  { id: "event:name", text: "the event" },
  { id: "event:page", text: "the page" },
  { id: "event:goal", text: "the goal" },
  { id: "event:element", text: "the element" },
] as const;

/** Anything, or one thing: what the URL has as a filter's text, or null. */
export function OneCondition({
  label,
  none,
  value,
  onChange,
}: {
  label: string;
  /** What is meant where nothing is chosen. */
  none: string;
  value: string | null;
  onChange: (value: string | null) => void;
}) {
  const goals = useGoals();
  const filter = value === null ? null : readFilter(value);
  const put = (next: ViewFilter) => onChange(writeFilter(next));
  const kinds = KINDS.filter(
    ({ id }) =>
      id !== "event:goal" || filter?.dimension === id || (goals.data?.goals.length ?? 0) > 0,
  );
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-1.5">
      <label className="flex items-center gap-1.5 text-[0.8125rem] text-muted">
        {label}
        <select
          className={SELECT}
          value={filter?.dimension ?? ""}
          onChange={(event) => {
            const dimension = event.target.value;
            if (dimension === "") onChange(null);
            else put({ operator: "is", dimension, values: [""] });
          }}
        >
          <option value="">{none}</option>
          {kinds.map(({ id, text }) => (
            <option key={id} value={id}>
              {text}
            </option>
          ))}
        </select>
      </label>
      {filter !== null && (
        <div className="w-40">
          <ValueField
            key={filter.dimension}
            label={`${label}: value`}
            dimension={filter.dimension}
            value={filter.values[0] ?? ""}
            onChange={(next) => put({ ...filter, values: [next] })}
          />
        </div>
      )}
    </div>
  );
}
