import { formatCount, formatDuration } from "../../format";
import { Panel } from "../../parts/panel";
import { LineChart } from "./line-chart";
import type { PipelineState } from "./pipeline-shapes";

const fine = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 });
const coarse = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const rate = (value: number) => (value < 1 ? fine : coarse).format(value);
const seconds = (value: number) => (value < 60 ? `${rate(value)}s` : formatDuration(value));

const AWAY = "This process has no queue of its own to look at, so it does not know the lag.";

/** What went through in ten minutes, and what waited. */
export function Throughput({ state }: { state: PipelineState }) {
  const { points, interval_seconds: interval } = state.history;
  const instants = points.map(({ at }) => Date.parse(at));
  const of = (id: "accepted" | "stored" | "rejected" | "discarded", text: string) => ({
    id,
    text,
    values: points.map((point) => point[id]),
  });
  return (
    <>
      <Panel title="Throughput" note={`events a second, measured each ${formatCount(interval)} s`}>
        <div className="px-4 pt-2 pb-4 sm:px-5">
          <LineChart
            title="Events a second"
            instants={instants}
            series={[
              of("accepted", "Accepted"),
              of("stored", "Stored"),
              of("discarded", "Discarded"),
              of("rejected", "Rejected"),
            ]}
            format={rate}
            unknown=""
          />
        </div>
      </Panel>
      <div className="grid gap-4 lg:grid-cols-2">
        <Panel title="Queue lag" note="events that are not yet durable in the store">
          <div className="px-4 pt-2 pb-4 sm:px-5">
            <LineChart
              title="Queue lag in events"
              instants={instants}
              series={[
                { id: "records", text: "Waiting", values: points.map((p) => p.lag_records) },
              ]}
              format={(value) => formatCount(value)}
              unknown={AWAY}
            />
          </div>
        </Panel>
        <Panel title="Queue lag" note="seconds that the oldest has waited">
          <div className="px-4 pt-2 pb-4 sm:px-5">
            <LineChart
              title="Queue lag in seconds"
              instants={instants}
              series={[{ id: "seconds", text: "Oldest", values: points.map((p) => p.lag_seconds) }]}
              format={seconds}
              unknown={AWAY}
            />
          </div>
        </Panel>
      </div>
    </>
  );
}
