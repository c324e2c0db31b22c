// The stream itself: rows, newest first, that one can hold, search and open.

import type { UseQueryResult } from "@tanstack/react-query";
import { memo } from "react";
import { Failed } from "../../parts/answer";
import { BUTTON, FIELD } from "../../parts/menu";
import { Panel, PanelNote } from "../../parts/panel";
import { Skeleton } from "../../parts/skeleton";
import { useSite } from "../../api/site";
import { formatCount } from "../../format";
import { CountryFlag } from "../../parts/country-flag";
import { countryName } from "../../view/names";
import { useParam } from "../../view/use-view";
import { clockText, exactMoment } from "../sessions/moments";
import { COLOURED } from "./by-type";
import { matching, type Stream, type StreamAction, type StreamEvent } from "./stream";
import { Dot } from "./type-chart";
import { zoneNote } from "./zone-note";

const ROW =
  "grid w-full grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 px-4 py-1.5 text-left text-sm sm:grid-cols-[4.75rem_minmax(0,9rem)_minmax(0,1fr)_minmax(0,7rem)_1.5rem] sm:px-5";

export function EventStream({
  stream,
  dispatch,
  recent,
  sent,
  slots,
  onOpen,
}: {
  stream: Stream;
  dispatch: (action: StreamAction) => void;
  recent: UseQueryResult;
  /** Ids of the reader's own test events. */
  sent: ReadonlySet<string>;
  /** Which name has which colour. */
  slots: readonly (string | null)[];
  onOpen: (event: StreamEvent) => void;
}) {
  const { timezone } = useSite();
  const [search, setSearch] = useParam<string>("q", "");
  const rows = matching(stream.rows, search);
  const { paused, waiting } = stream;
  return (
    <Panel
      title="Events"
      note={`${paused ? "held" : "as they arrive"}${zoneNote(timezone)}`}
      aside={
        <div className="no-print flex min-w-0 flex-1 flex-wrap justify-end gap-2">
          <input
            type="search"
            aria-label="Search in the stream"
            placeholder="Search name, page, property…"
            className={`${FIELD} max-w-64`}
            value={search}
            onChange={(event) => setSearch(event.target.value === "" ? null : event.target.value)}
          />
          <button
            type="button"
            className={`${BUTTON} min-w-28 justify-center`}
            onClick={() => dispatch({ type: paused ? "resume" : "pause" })}
          >
            {paused ? (
              <>
                <span aria-hidden="true">▶</span> Go on
                {waiting > 0 && (
                  <span className="text-race" data-testid="waiting">
                    {formatCount(waiting)} new
                  </span>
                )}
              </>
            ) : (
              <>
                <span aria-hidden="true">❚❚</span> Hold
              </>
            )}
          </button>
        </div>
      }
    >
      <div className="relative h-[36rem] overflow-y-auto border-t border-line pb-2">
        {stream.rows.length === 0 && recent.isPending ? (
          <Loading />
        ) : stream.rows.length === 0 && recent.error !== null ? (
          <Failed error={recent.error} again={() => void recent.refetch()} />
        ) : rows.length === 0 ? (
          <PanelNote>
            {stream.rows.length === 0
              ? "No event in the last half hour. They appear here as they arrive."
              : "No event of the stream has these words."}
          </PanelNote>
        ) : (
          <ul aria-label="Events, newest first">
            {rows.map((event) => (
              <Row
                key={event.id}
                event={event}
                zone={timezone}
                own={sent.has(event.id)}
                slot={slots.indexOf(event.name)}
                onOpen={onOpen}
              />
            ))}
          </ul>
        )}
      </div>
    </Panel>
  );
}

const Row = memo(function Row({
  event,
  zone,
  own,
  slot,
  onOpen,
}: {
  event: StreamEvent;
  zone: string;
  own: boolean;
  slot: number;
  onOpen: (event: StreamEvent) => void;
}) {
  const { id, name, at, page, element, visitor, country } = event;
  return (
    <li
      data-event={id}
      data-event-name={name}
      className={`border-b border-line/60 ${event.live ? "animate-arrive" : ""} ${own ? "bg-brass-soft" : ""}`}
    >
      <button
        type="button"
        className={`${ROW} outline-offset-[-2px] hover:bg-ground`}
        onClick={() => onOpen(event)}
      >
        <time className="text-xs text-muted" dateTime={at} title={exactMoment(at, zone)}>
          {clockText(at, zone)}
        </time>
        <span className="truncate font-medium">
          <span className="mr-2">
            <Dot slot={slot < 0 ? COLOURED : slot} />
          </span>
          {name}
          {own && <span className="ml-2 text-xs font-normal text-brass">yours</span>}
        </span>
        <span
          className="truncate text-muted max-sm:order-last max-sm:col-start-2"
          title={page ?? ""}
        >
          {page}
          {element !== null && (
            <>
              {page !== null && " "}
              <span className="rounded bg-race-soft px-1.5 py-0.5 text-xs text-ink">{element}</span>
            </>
          )}
        </span>
        <span className="truncate font-mono text-xs text-muted max-sm:hidden" title={visitor ?? ""}>
          {visitor}
        </span>
        <span title={country === null ? "" : countryName(country)}>
          {country !== null && (
            <>
              <CountryFlag code={country} />
              <span className="sr-only">{countryName(country)}</span>
            </>
          )}
        </span>
      </button>
    </li>
  );
});

function Loading() {
  return (
    <div aria-busy="true">
      {Array.from({ length: 16 }, (_, index) => (
        <div key={index} className="border-b border-line/60 px-5 py-1.5">
          <Skeleton className="h-4 w-full" />
        </div>
      ))}
    </div>
  );
}
