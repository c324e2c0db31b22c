// What became of events that are in no report, kind by kind, with samples for whoever holds a key.

import { useSite } from "../../api/site";
import { formatCount } from "../../format";
import { PanelTabs } from "../../parts/tabs";
import { useParam } from "../../view/use-view";
import { DeadLetterList } from "./dead-letters";
import { Discards } from "./discards";
import { RejectList } from "./rejects";
import type { PipelineState } from "./pipeline-shapes";

type Tab = "discarded" | "rejected" | "dead";

export function Lost({ state }: { state: PipelineState }) {
  const { id } = useSite();
  const [tab, setTab] = useParam<Tab>("lost", "discarded");
  const open = (["discarded", "rejected", "dead"] as const).find((known) => known === tab);
  return (
    <PanelTabs
      label="What is not counted"
      tabs={[
        { id: "discarded", text: "Discarded" },
        { id: "rejected", text: "Rejected" },
        { id: "dead", text: "Dead letters" },
      ]}
      value={open ?? "discarded"}
      onChange={setTab}
    >
      <div className="grid gap-x-8 lg:grid-cols-[18rem_minmax(0,1fr)]">
        <div className="px-4 py-4 sm:px-5 lg:border-r lg:border-line">
          {open === "rejected" ? (
            <Reasons
              text="Refused when they were sent; the sender was told why at once."
              rows={state.totals.rejected.map(({ code, count }) => [code, count])}
              none="None was rejected since this process started."
            />
          ) : open === "dead" ? (
            <Reasons
              text="Taken from the queue, and could not be processed. They are kept until an operator puts them back with millrace doctor --replay-dead-letters."
              rows={
                state.queue.dead_letters === null ? [] : [["kept now", state.queue.dead_letters]]
              }
              none="This process does not know how many there are."
            />
          ) : (
            <Reasons
              text="Taken, and deliberately not counted: robots, your own visits, second copies."
              rows={state.totals.discarded.map(({ reason, count }) => [reason, count])}
              none="None was discarded since this process started."
            />
          )}
        </div>
        <div className="min-w-0 border-t border-line lg:border-0">
          <h3 className="px-4 pt-4 text-sm font-semibold sm:px-5 lg:px-0">Of the site {id}</h3>
          {open === "rejected" ? (
            <RejectList />
          ) : open === "dead" ? (
            <DeadLetterList />
          ) : (
            <Discards />
          )}
        </div>
      </div>
    </PanelTabs>
  );
}

/** Of all sites together, since the start. */
function Reasons({
  text,
  rows,
  none,
}: {
  text: string;
  rows: readonly (readonly [string, number])[];
  none: string;
}) {
  return (
    <>
      <h3 className="text-sm font-semibold">Of all sites, since the start</h3>
      <p className="mt-1 text-sm text-muted">{text}</p>
      {rows.length === 0 ? (
        <p className="mt-3 text-sm text-muted">{none}</p>
      ) : (
        <dl className="mt-3 text-sm">
          {rows.map(([name, count]) => (
            <div
              key={name}
              className="flex justify-between gap-3 border-b border-line/60 py-1.5 last:border-0"
            >
              <dt className="font-mono text-xs leading-5 wrap-anywhere">{name}</dt>
              <dd className="font-medium">{formatCount(count)}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}
