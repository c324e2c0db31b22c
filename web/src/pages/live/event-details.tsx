import { useSite } from "../../api/site";
import { Dialog } from "../../parts/dialog";
import { QUIET } from "../../parts/menu";
import { type Field, fieldsOf, propertiesOf } from "./event-fields";
import type { StreamEvent } from "./stream";

/** Everything that is known of one event. */
export function EventDetails({
  event,
  onFilter,
  onClose,
}: {
  event: StreamEvent;
  onFilter: (dimension: string, value: string) => void;
  onClose: () => void;
}) {
  const { timezone } = useSite();
  const properties = propertiesOf(event);
  return (
    <Dialog
      title={event.name}
      onClose={onClose}
      aside={
        <button type="button" className={QUIET} onClick={() => onFilter("event:name", event.name)}>
          Only these
        </button>
      }
    >
      <Fields fields={fieldsOf(event, timezone)} onFilter={onFilter} />
      <h3 className="border-t border-line px-5 pt-4 text-sm font-semibold">Properties</h3>
      {properties.length === 0 ? (
        <p className="px-5 py-4 text-sm text-muted">The event has none.</p>
      ) : (
        <Fields fields={properties} onFilter={onFilter} mono />
      )}
    </Dialog>
  );
}

function Fields({
  fields,
  onFilter,
  mono = false,
}: {
  fields: readonly Field[];
  onFilter: (dimension: string, value: string) => void;
  mono?: boolean;
}) {
  return (
    <dl className="grid grid-cols-[minmax(6rem,auto)_minmax(0,1fr)] gap-x-4 px-5 py-3 text-sm">
      {fields.map(({ key, label, text, href, filter }) => (
        <div
          key={key}
          className="col-span-2 grid grid-cols-subgrid border-b border-line/60 py-1.5 last:border-0"
        >
          <dt className={`wrap-anywhere text-muted ${mono ? "font-mono text-xs leading-5" : ""}`}>
            {label}
          </dt>
          <dd className="flex min-w-0 items-start gap-2">
            <span
              className={`min-w-0 flex-1 wrap-anywhere whitespace-pre-wrap ${mono ? "font-mono text-xs leading-5" : ""}`}
            >
              {href === undefined || href === null ? (
                text
              ) : (
                <a
                  href={href}
                  target="_blank"
                  rel="noreferrer noopener"
                  className="text-race underline"
                >
                  {text}
                </a>
              )}
            </span>
            {filter !== undefined && (
              <button
                type="button"
                className="shrink-0 rounded px-1.5 text-xs leading-5 text-race hover:underline"
                aria-label={`Filter by ${label} ${text}`}
                onClick={() => onFilter(filter.dimension, filter.value)}
              >
                Filter
              </button>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
