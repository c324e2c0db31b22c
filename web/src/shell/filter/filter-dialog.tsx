// One filter: by what, how, and which values. Loaded when it is first opened.

import { type FormEvent, useMemo, useState } from "react";
import { useOwnReport } from "../../api/report";
import { Dialog } from "../../parts/dialog";
import { BUTTON, FIELD, PRIMARY } from "../../parts/menu";
import {
  DIMENSIONS,
  dimensionText,
  type Operator,
  OPERATORS,
  PROPERTY,
  type ViewFilter,
} from "../../view/filters";
import { keysOf, type Sample } from "../../view/property-keys";
import { useView } from "../../view/use-view";
import { typedValue, withFilter } from "./edit";
import { FilterValues, isClosed } from "./filter-values";

export default function FilterDialog({
  index,
  filter,
  onClose,
}: {
  /** Of the filter that is edited; null for a new one. */
  index: number | null;
  filter: ViewFilter | undefined;
  onClose: () => void;
}) {
  const [view, setView] = useView();
  const [dimension, setDimension] = useState(filter?.dimension ?? "event:page");
  const [operator, setOperator] = useState<Operator>(filter?.operator ?? "is");
  const [values, setValues] = useState(filter?.values ?? []);
  const [typed, setTyped] = useState("");
  const others = useMemo(
    () => view.filters.filter((_, each) => each !== index),
    [view.filters, index],
  );

  // A text that was typed and not added is meant where it is searched for, or where nothing else is.
  const loose = typedValue(typed, operator, [], isClosed(dimension));
  const contains = operator === "contains" || operator === "contains_not";
  const meant =
    loose !== null && (contains || values.length === 0) ? [...new Set([...values, loose])] : values;
  const ready = meant.length > 0 && dimension !== PROPERTY;
  const apply = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    setView({ filters: withFilter(view.filters, index, { operator, dimension, values: meant }) });
    onClose();
  };
  // No text is contained in a code, nor in a goal.
  const operators = OPERATORS.filter(
    ({ id }) => !isClosed(dimension) || id === "is" || id === "is_not",
  );

  return (
    <Dialog title={index === null ? "Add a filter" : "Edit the filter"} onClose={onClose}>
      <form className="flex flex-col gap-4 p-5" onSubmit={apply}>
        <div className="grid gap-3 sm:grid-cols-[1fr_auto]">
          <DimensionField
            value={dimension}
            onChange={(next) => {
              setDimension(next);
              setValues([]);
              setTyped("");
              if (isClosed(next)) setOperator((now) => (now === "is_not" ? now : "is"));
            }}
          />
          <label className="flex flex-col gap-1 text-sm">
            How
            <select
              className={FIELD}
              value={operator}
              onChange={({ target }) => {
                const chosen = OPERATORS.find(({ id }) => id === target.value);
                if (chosen !== undefined) setOperator(chosen.id);
              }}
            >
              {operators.map(({ id, text }) => (
                <option key={id} value={id}>
                  {text}
                </option>
              ))}
            </select>
          </label>
        </div>
        {dimension !== PROPERTY && (
          <FilterValues
            key={dimension}
            dimension={dimension}
            operator={operator}
            others={others}
            values={values}
            onChange={setValues}
            typed={typed}
            onType={setTyped}
          />
        )}
        <div className="flex items-center gap-2">
          <button type="submit" className={PRIMARY} disabled={!ready}>
            Apply
          </button>
          <button type="button" className={BUTTON} onClick={onClose}>
            Cancel
          </button>
          {index !== null && (
            <button
              type="button"
              className={`${BUTTON} ml-auto text-fault`}
              onClick={() => {
                setView({ filters: others });
                onClose();
              }}
            >
              Remove
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}

const GROUPS = [...new Set(DIMENSIONS.map(({ group }) => group))];
const NEWEST = { pagination: { limit: 100, offset: 0 } };

/** What can be filtered by, properties that recent events have among it. */
function DimensionField({
  value,
  onChange,
}: {
  value: string;
  onChange: (dimension: string) => void;
}) {
  const sample = useOwnReport<{ events: Sample[] }>("/api/v1/events/query", NEWEST);
  const known = keysOf(sample.data?.events ?? []).map((key) => PROPERTY + key);
  const [other, setOther] = useState(false);
  const [key, setKey] = useState("");
  const isKnown =
    known.includes(value) || DIMENSIONS.some(({ id }) => id === value) || value === PROPERTY;
  return (
    <div className="flex flex-col gap-3">
      <label className="flex flex-col gap-1 text-sm">
        By
        <select
          className={FIELD}
          value={other ? PROPERTY : value}
          onChange={({ target }) => {
            setOther(target.value === PROPERTY);
            onChange(target.value === PROPERTY ? PROPERTY + key.trim() : target.value);
          }}
        >
          {GROUPS.map((group) => (
            <optgroup key={group} label={group}>
              {DIMENSIONS.filter((each) => each.group === group).map(({ id, text }) => (
                <option key={id} value={id}>
                  {text}
                </option>
              ))}
            </optgroup>
          ))}
          <optgroup label="Property of events">
            {[...(isKnown || other ? [] : [value]), ...known].map((id) => (
              <option key={id} value={id}>
                {dimensionText(id)}
              </option>
            ))}
            <option value={PROPERTY}>Another property …</option>
          </optgroup>
        </select>
      </label>
      {other && (
        <label className="flex flex-col gap-1 text-sm">
          Key of the property
          <input
            className={FIELD}
            required
            value={key}
            onChange={({ target }) => {
              setKey(target.value);
              onChange(PROPERTY + target.value.trim());
            }}
          />
        </label>
      )}
    </div>
  );
}
