// The filters that are set, as chips, and the way to set one.

import { useSegments } from "../api/site";
import { filterText } from "../view/filters";
import { valueText } from "../view/names";
import { useView } from "../view/use-view";

export function FilterBar() {
  const [view, setView] = useView();
  const segments = useSegments();
  const segment = segments.data?.segments.find(({ id }) => id === view.segment);
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-2">
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
          onRemove={() => setView({ filters: view.filters.toSpliced(index, 1) })}
        />
      ))}
    </div>
  );
}

function Chip({ text, onRemove }: { text: string; onRemove: () => void }) {
  return (
    <span className="inline-flex h-8 max-w-72 items-center gap-1 rounded-md border border-line bg-race-soft pl-2.5 text-sm">
      <span className="truncate" title={text}>
        {text}
      </span>
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
