// What happens now: the last five minutes in figures, and every event as it arrives.

import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import type { LiveFigures, LiveState } from "../../api/live";
import { embedded } from "../../api/key";
import { formatCount, formatDuration, formatRate } from "../../format";
import { Panel } from "../../parts/panel";
import { Skeleton } from "../../parts/skeleton";
import { FilterBar } from "../../shell/filter-bar";
import { withValue } from "../../view/filters";
import { useParam, useView } from "../../view/use-view";
import { EventDetails } from "./event-details";
import { EventStream } from "./event-stream";
import { SendTestEvent } from "./send-test-event";
import type { StreamEvent } from "./stream";
import { TopList } from "./top-list";
import { TypeChart, useSlots } from "./type-chart";
import { useFigures } from "./use-figures";
import { useStream } from "./use-stream";

const LazyMap = lazy(async () => {
  const { WorldMap } = await import("../../parts/map/world-map");
  return { default: WorldMap };
});

export default function Live() {
  const [view, setView] = useView();
  const { figures, state, asked } = useFigures();
  const { stream, dispatch, recent } = useStream();
  const slots = useSlots(figures?.buckets ?? null);
  const [sent, setSent] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useParam("event", null);
  const [kept, keep] = useState<StreamEvent | null>(null);

  const known = useMemo(
    () => new Map([...stream.rows, ...stream.held].map((event) => [event.id, event])),
    [stream],
  );
  // A row may leave the stream while one reads it.
  const opened = open === null ? null : (known.get(open) ?? (kept?.id === open ? kept : null));
  const show = useCallback(
    (event: StreamEvent) => {
      keep(event);
      setOpen(event.id, { replace: false });
    },
    [setOpen],
  );
  const filter = (dimension: string, value: string) =>
    setView({ filters: withValue(view.filters, dimension, value) });
  const list = (title: string, unit: string, dimension: string, rows: keyof Lists) => (
    <TopList
      title={title}
      unit={unit}
      dimension={dimension}
      rows={figures?.[rows] ?? null}
      onPick={(value) => filter(dimension, value)}
    />
  );
  return (
    <div className="flex flex-col gap-4">
      <div className="flex min-h-8 flex-wrap items-center justify-between gap-2">
        <FilterBar />
        <Connection state={state} asked={asked} />
      </div>
      <Figures figures={figures} />
      <TypeChart
        slots={slots}
        buckets={figures?.buckets ?? null}
        onPick={(name) => filter("event:name", name)}
      />
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <EventStream
          stream={stream}
          dispatch={dispatch}
          recent={recent}
          sent={sent}
          slots={slots}
          onOpen={show}
        />
        <div className="flex min-w-0 flex-col gap-4">
          {!embedded() && (
            <SendTestEvent
              shown={(id) => known.has(id)}
              filtered={view.filters.length > 0 || view.segment !== null}
              onSent={(id) => setSent((before) => new Set([...before, id].slice(-20)))}
            />
          )}
          {list("Elements", "events", "event:element", "top_elements")}
        </div>
      </div>
      <div className="grid gap-4 lg:grid-cols-2">
        {list("Pages", "page views", "event:page", "top_pages")}
        {list("Sources", "visitors", "visit:source", "top_sources")}
      </div>
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <Panel title="Where they are" note="visitors">
          <div className="px-4 pb-4 sm:px-5">
            <Suspense fallback={<Skeleton className="aspect-2/1 w-full" />}>
              <LazyMap
                counts={(figures?.top_countries ?? []).map(({ name, count }) => ({
                  code: name,
                  count,
                }))}
                unit="visitors"
                onPick={(code) => filter("visit:country", code)}
              />
            </Suspense>
          </div>
        </Panel>
        {list("Countries", "visitors", "visit:country", "top_countries")}
      </div>
      {opened !== null && (
        <EventDetails
          event={opened}
          onFilter={(dimension, value) => {
            setOpen(null);
            filter(dimension, value);
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  );
}

type Lists = Pick<LiveFigures, "top_pages" | "top_sources" | "top_elements" | "top_countries">;

function Connection({ state, asked }: { state: LiveState; asked: boolean }) {
  const text = {
    live: "Live: figures each second, events at once",
    connecting: asked
      ? "Not connected: asked every three seconds meanwhile"
      : "Connecting to the live stream…",
    refused: "The server does not let this page listen",
  }[state];
  return (
    <p
      role="status"
      data-stream={state}
      className="ml-auto flex items-center gap-2 text-sm text-muted"
    >
      <span
        aria-hidden="true"
        className={`size-2 rounded-full ${state === "live" ? "bg-good" : state === "refused" ? "bg-fault" : "bg-brass-fill"}`}
      />
      {text}
    </p>
  );
}

function Figures({ figures }: { figures: LiveFigures | null }) {
  const tiles = [
    {
      text: "Current visitors",
      note: "seen in the last five minutes",
      value: figures === null ? null : formatCount(figures.current_visitors),
    },
    {
      text: "Events a minute",
      note: "over five minutes",
      value: figures === null ? null : formatRate(figures.events_per_minute),
    },
    {
      text: "Average duration",
      note: "of events that have one",
      value: figures === null ? null : formatDuration(figures.avg_duration),
    },
  ];
  return (
    <dl className="grid grid-cols-3 divide-x divide-line overflow-hidden rounded-lg border border-line bg-panel">
      {tiles.map(({ text, note, value }) => (
        <div key={text} className="min-w-0 px-3 py-3 sm:px-5">
          <dt className="text-sm text-muted">{text}</dt>
          <dd className="mt-0.5 text-2xl font-semibold tracking-tight" aria-busy={value === null}>
            {value ?? <Skeleton className="h-7 w-16" />}
          </dd>
          <dd className="text-xs text-muted max-sm:hidden">{note}</dd>
        </div>
      ))}
    </dl>
  );
}
