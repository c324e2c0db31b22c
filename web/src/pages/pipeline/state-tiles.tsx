import { formatAgo, formatCount, formatDuration, formatMoment, formatShort } from "../../format";
import type { PipelineState } from "./pipeline-shapes";

export const UNKNOWN = "this process does not know";

const sum = (counts: readonly { count: number }[]) =>
  counts.reduce((all, { count }) => all + count, 0);

/** The state in one line of figures. */
export function StateTiles({ state }: { state: PipelineState }) {
  const { totals, queue } = state;
  const lag = queue.lag_seconds;
  const tiles = [
    { text: "Accepted", value: formatShort(totals.accepted), note: "since the start" },
    { text: "Stored", value: formatShort(totals.stored), note: "since the start" },
    {
      text: "Queue lag",
      value: queue.lag_records === null ? null : formatShort(queue.lag_records),
      note:
        lag === null
          ? "not yet durable"
          : lag < 0.05
            ? "all is durable in the store"
            : `not yet durable, for ${lag < 60 ? `${lag.toFixed(1)}s` : formatDuration(lag)}`,
    },
    {
      text: "Discarded",
      value: formatShort(sum(totals.discarded)),
      note: "deliberately not counted",
    },
    { text: "Rejected", value: formatShort(sum(totals.rejected)), note: "refused to the sender" },
    {
      text: "Dead letters",
      value: queue.dead_letters === null ? null : formatCount(queue.dead_letters),
      note: "kept, could not be processed",
      fault: (queue.dead_letters ?? 0) > 0,
    },
  ];
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-3 xl:grid-cols-6">
      {tiles.map(({ text, value, note, fault }) => (
        <div key={text} className="min-w-0 bg-panel px-4 py-3 sm:px-5">
          <dt className="text-sm text-muted">{text}</dt>
          <dd
            className={`mt-0.5 text-2xl font-semibold tracking-tight ${fault === true ? "text-fault" : ""}`}
          >
            {value ?? <span aria-label="not known">–</span>}
          </dd>
          <dd className="text-xs text-muted">{value === null ? UNKNOWN : note}</dd>
        </div>
      ))}
    </dl>
  );
}

const ROLES: Record<string, string> = {
  ingest: "takes events",
  worker: "stores them",
  api: "answers reports",
};

/** What the process is, and how fresh the figures are. */
export function Heading({
  state,
  now,
  away,
}: {
  state: PipelineState;
  now: number;
  away: boolean;
}) {
  const roles = state.roles.map((role) => ROLES[role] ?? role);
  return (
    <div className="flex min-h-8 flex-wrap items-center justify-between gap-x-4 gap-y-1 text-sm text-muted">
      <p>
        This process{" "}
        <span className="text-ink">
          {new Intl.ListFormat("en", { type: "conjunction" }).format(roles)}
        </span>
        , and runs since{" "}
        <time dateTime={state.started_at} title={formatMoment(state.started_at)}>
          {formatMoment(state.started_at)}
        </time>
        . Its figures are of all its sites together; times are by your own clock.
      </p>
      <p className="flex items-center gap-2" data-pipeline={away ? "away" : "fresh"}>
        <span
          aria-hidden="true"
          className={`size-2 rounded-full ${away ? "bg-brass-fill" : "bg-good"}`}
        />
        {away ? "The server does not answer; as of " : "As of "}
        {formatAgo(state.at, now)}
      </p>
    </div>
  );
}
