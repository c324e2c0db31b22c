// What happened in a session, one event below the other, with the time since its beginning.

import { useSite } from "../../api/site";
import { formatDuration, formatMoney, formatPercent } from "../../format";
import { clockText } from "./moments";
import { type EventDetail, type Moment, propertyText, timeline } from "./sessions-of";

export function TimeLine({ events }: { events: readonly EventDetail[] }) {
  return (
    <ol className="flex flex-col">
      {timeline(events).map((moment, index, all) => (
        <Entry key={moment.event.event_id} moment={moment} last={index === all.length - 1} />
      ))}
    </ol>
  );
}

const DOT = "absolute top-[0.4375rem] left-1/2 size-2.5 -translate-x-1/2 rounded-full";

function Entry({ moment: { event, offset, gap }, last }: { moment: Moment; last: boolean }) {
  const { timezone } = useSite();
  const view = event.name === "pageview";
  const quiet = event.name === "engagement";
  return (
    <>
      {gap !== null && (
        <li className="grid grid-cols-[3.75rem_1.5rem_1fr] text-xs text-muted">
          <span />
          <span aria-hidden="true" className="relative">
            <span className="absolute inset-y-0 left-1/2 border-l border-dashed border-muted" />
          </span>
          <span className="py-1">{formatDuration(gap)} without an event</span>
        </li>
      )}
      <li className="grid grid-cols-[3.75rem_1.5rem_1fr] text-sm">
        <time
          dateTime={event.timestamp}
          title={clockText(event.timestamp, timezone)}
          className="pt-0.5 text-right text-[0.8125rem] text-muted"
        >
          +{formatDuration(offset)}
        </time>
        <span aria-hidden="true" className="relative">
          {!last && (
            <span className="absolute top-2 bottom-[-0.5rem] left-1/2 border-l border-line" />
          )}
          <span
            className={`${DOT} ${view ? "bg-race" : quiet ? "border-2 border-line bg-panel" : "bg-brass-fill"}`}
          />
        </span>
        <div className="min-w-0 pb-3.5">
          <p className="flex flex-wrap items-baseline gap-x-2">
            <span className={quiet ? "text-muted" : "font-medium"}>{event.name}</span>
            {event.path !== null && (
              <span className="wrap-anywhere text-muted" title={event.title ?? undefined}>
                {event.path}
              </span>
            )}
            {event.element !== null && (
              <span className="wrap-anywhere">
                <span className="text-muted">on </span>
                {event.element}
              </span>
            )}
          </p>
          <Details event={event} />
        </div>
      </li>
    </>
  );
}

/** Properties, and what else an event says of itself, as pairs. */
export function Details({ event }: { event: EventDetail }) {
  const pairs: [string, string][] = [];
  if (event.revenue !== null) {
    pairs.push(["revenue", formatMoney(event.revenue.amount, event.revenue.currency)]);
  }
  if (event.duration !== null) pairs.push(["duration", `${event.duration}s`]);
  if (event.scroll_depth !== null) pairs.push(["scrolled", formatPercent(event.scroll_depth)]);
  for (const [key, value] of Object.entries(event.properties)) {
    pairs.push([key, propertyText(value)]);
  }
  if (pairs.length === 0) return null;
  return (
    <dl className="mt-1 flex flex-wrap gap-1.5 text-[0.8125rem]">
      {pairs.map(([key, value]) => (
        <div key={key} className="flex max-w-full gap-1.5 rounded bg-ground px-2 py-0.5">
          <dt className="shrink-0 text-muted">{key}</dt>
          <dd className="wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
