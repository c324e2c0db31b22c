// Events of the site that were discarded, by reason, with the newest of each; and judging them again.

import { useState } from "react";
import { ask } from "../../api/client";
import { useSite } from "../../api/site";
import type { Schemas } from "../../api/types";
import { formatCount, formatMoment } from "../../format";
import { ActStatus, Confirm, useAct } from "../../parts/act";
import { Answer } from "../../parts/answer";
import { Choice } from "../../parts/choice";
import { BUTTON } from "../../parts/menu";
import { Skeleton } from "../../parts/skeleton";
import { useParam } from "../../view/use-view";
import { OwnersOnly, useOfSite } from "./owners-only";
import { Samples } from "./samples";

type Reason = Schemas["DiscardReason"];

const PERIODS = [
  { value: "24h", text: "24 hours" },
  { value: "7d", text: "7 days" },
  { value: "30d", text: "30 days" },
] as const;

export function Discards() {
  return (
    <OwnersOnly
      kind="read"
      what="Samples show addresses of pages and user agents of visitors, so they are shown to holders of a key, also where the site is public."
    >
      <List />
    </OwnersOnly>
  );
}

function List() {
  const site = useSite();
  const [written, setPeriod] = useParam<string>("discards", "7d");
  const period = PERIODS.find(({ value }) => value === written)?.value ?? "7d";
  const report = useOfSite<Schemas["Discards"]>(`discards?period=${period}`, 10_000);
  const [asking, confirm] = useState<Reason | null>(null);
  const replay = useAct(
    ({ reason }: Reason) =>
      ask<Schemas["Replayed"]>(
        site.id,
        `/api/v1/sites/${encodeURIComponent(site.id)}/discards/replay`,
        { body: { reason } },
      ),
    {
      done: ({ replayed }) =>
        replayed === 1
          ? "1 event is judged again."
          : `${formatCount(replayed)} events are judged again.`,
      refresh: [[site.id, "of-site"]],
    },
  );
  return (
    <>
      <div className="flex flex-wrap items-center gap-3 px-4 pt-3 sm:px-5 lg:px-0">
        <Choice label="Period" options={PERIODS} value={period} onChange={setPeriod} />
        <ActStatus act={replay} />
      </div>
      <Answer
        query={report}
        loading={<Skeleton className="m-4 h-40 w-[calc(100%-2rem)]" />}
        isEmpty={({ reasons }) => reasons.length === 0}
        empty="Nothing of this site was discarded in this period."
      >
        {({ reasons, window: kept }) => (
          <div className="px-4 pb-4 sm:px-5 lg:pl-0">
            {reasons.map((reason) => (
              <OneReason
                key={reason.reason}
                reason={reason}
                onReplay={
                  site.access === "admin" && reason.replayable && reason.held > 0
                    ? () => confirm(reason)
                    : null
                }
              />
            ))}
            <p className="pt-3 text-xs text-muted">
              Counts are exact. {formatCount(kept.held)} events are held
              {kept.oldest !== null && `, the oldest since ${formatMoment(kept.oldest)}`}.
            </p>
          </div>
        )}
      </Answer>
      {asking !== null && (
        <Confirm
          title={`Judge ${formatCount(asking.held)} events again?`}
          button="Judge again"
          onSure={() => replay.run(asking)}
          onClose={() => confirm(null)}
        >
          <p>
            All held events with the reason <code className="font-mono">{asking.reason}</code> go
            back on the queue.{" "}
            {asking.judged_again
              ? "What the rules let through now is counted, at the time at which it happened; the rest comes back here."
              : "Their addresses are not kept, so this rule cannot be asked again: all of them will be counted."}
          </p>
        </Confirm>
      )}
    </>
  );
}

function OneReason({ reason, onReplay }: { reason: Reason; onReplay: (() => void) | null }) {
  return (
    <section className="border-b border-line py-3 last:border-0" aria-label={reason.reason}>
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h4 className="font-mono text-sm font-semibold">{reason.reason}</h4>
        <span className="text-sm">
          {formatCount(reason.count)} <span className="text-muted">events</span>
        </span>
        <span className="text-sm text-muted">{formatCount(reason.held)} held</span>
        {onReplay !== null && (
          <button type="button" className={`${BUTTON} ml-auto`} onClick={onReplay}>
            Judge again…
          </button>
        )}
      </div>
      <p className="mt-0.5 text-sm text-muted">
        {reason.description}; last seen {formatMoment(reason.last_seen)}
      </p>
      {reason.details.length > 0 && (
        <p className="mt-1 flex flex-wrap gap-x-3 gap-y-1 text-xs">
          {reason.details.map(({ detail, held }) => (
            <span key={detail} className="rounded bg-race-soft px-1.5 py-0.5 wrap-anywhere">
              {detail} <span className="text-muted">{formatCount(held)}</span>
            </span>
          ))}
        </p>
      )}
      {reason.samples.length > 0 && (
        <Samples
          caption={`The newest events discarded as ${reason.reason}`}
          rows={reason.samples.map((sample) => ({
            key: sample.event_id,
            at: sample.received_at,
            cells: [sample.name, sample.url, sample.user_agent, sample.detail],
          }))}
          heads={["Event", "Page", "User agent", "Detail"]}
        />
      )}
    </section>
  );
}
