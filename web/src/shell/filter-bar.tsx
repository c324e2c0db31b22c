// The filters that are set, as chips, and the ways to set one: a dialog, and saved segments.

import { lazy, Suspense, useId, useState } from "react";
import { useSegments } from "../api/site";
import { BUTTON, QUIET } from "../parts/menu";
import { filterText } from "../view/filters";
import { valueText } from "../view/names";
import { useView } from "../view/use-view";
import { SegmentsMenu } from "./filter/segments-menu";

const FilterDialog = lazy(() => import("./filter/filter-dialog"));

/** The index of the filter that is edited, or a new one. */
type Editing = number | "new" | null;

export function FilterBar() {
  const [view, setView] = useView();
  const segments = useSegments();
  const [editing, edit] = useState<Editing>(null);
  const [listed, list] = useState(false);
  const chips = useId();
  const segment = segments.data?.segments.find(({ id }) => id === view.segment);
  const count = view.filters.length + (view.segment === null ? 0 : 1);
  return (
    <div
      role="group"
      aria-label="Filters"
      className="flex min-w-0 flex-wrap items-center gap-2 max-sm:w-full"
    >
      <button
        type="button"
        className={BUTTON}
        onClick={() => edit("new")}
        onPointerEnter={() => void import("./filter/filter-dialog")}
      >
        <span aria-hidden="true" className="text-base leading-none text-muted">
          +
        </span>
        Filter
      </button>
      <SegmentsMenu />
      {count > 1 && (
        // On a phone one line, and the rest when it is asked for: the page below is what one came for.
        <button
          type="button"
          className={`${BUTTON} sm:hidden`}
          aria-expanded={listed}
          aria-controls={chips}
          onClick={() => list(!listed)}
        >
          Filters · {count} <span aria-hidden="true">{listed ? "▴" : "▾"}</span>
        </button>
      )}
      <div
        id={chips}
        className={
          count > 1
            ? `${listed ? "flex w-full flex-wrap items-center gap-2" : "hidden"} sm:contents`
            : "contents"
        }
      >
        {view.segment !== null && (
          <Chip
            text={`Segment: ${segment?.name ?? view.segment}`}
            onRemove={() => setView({ segment: null })}
          />
        )}
        {view.filters.map((filter, index) => (
          <Chip
            key={JSON.stringify(filter)}
            text={filterText(filter, valueText)}
            onEdit={() => edit(index)}
            onRemove={() => setView({ filters: view.filters.toSpliced(index, 1) })}
          />
        ))}
        {count > 1 && (
          <button
            type="button"
            className={QUIET}
            onClick={() => setView({ filters: [], segment: null })}
          >
            Clear all
          </button>
        )}
      </div>
      {editing !== null && (
        <Suspense>
          <FilterDialog
            index={editing === "new" ? null : editing}
            filter={editing === "new" ? undefined : view.filters[editing]}
            onClose={() => edit(null)}
          />
        </Suspense>
      )}
    </div>
  );
}

function Chip({
  text,
  onEdit,
  onRemove,
}: {
  text: string;
  onEdit?: () => void;
  onRemove: () => void;
}) {
  return (
    <span className="inline-flex h-8 max-w-72 min-w-0 items-center rounded-md border border-line bg-race-soft text-sm">
      {onEdit === undefined ? (
        <span className="truncate pl-2.5" title={text}>
          {text}
        </span>
      ) : (
        <button
          type="button"
          className="h-full min-w-0 truncate rounded-l-md pl-2.5 hover:underline"
          title={text}
          aria-label={`Edit the filter ${text}`}
          onClick={onEdit}
        >
          {text}
        </button>
      )}
      <button
        type="button"
        aria-label={`Remove the filter ${text}`}
        className="size-7 shrink-0 rounded-md text-muted hover:text-ink"
        onClick={onRemove}
      >
        <span aria-hidden="true">×</span>
      </button>
    </span>
  );
}
