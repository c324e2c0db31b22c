// Who comes back: visitors who started together, and how many of them returned in each interval
// after that.

import { useOwnReport, viewBody } from "../../api/report";
import { useSite } from "../../api/site";
import type { Schemas } from "../../api/types";
import { formatCount, formatPercent } from "../../format";
import { Answer } from "../../parts/answer";
import { bucketText } from "../../parts/buckets";
import { Choice } from "../../parts/choice";
import { PageHead } from "../../parts/page-head";
import { Panel, PanelNote } from "../../parts/panel";
import { SaveCsv } from "../../parts/save-csv";
import { Skeleton } from "../../parts/skeleton";
import { DIMENSIONS, readFilter, type ViewFilter, withValue } from "../../view/filters";
import { valueText } from "../../view/names";
import { isPast } from "../../view/period";
import { useParam, useSetParams, useView } from "../../view/use-view";
import { askedCondition } from "../funnels/steps";
import { Pick } from "../funnels/pick";
import { OneCondition } from "./one-condition";
import {
  cohortRows,
  columnsOf,
  headlines,
  INTERVALS,
  type RateRow,
  sumsRow,
  usualInterval,
} from "./cohorts";
import { RateTable } from "./rate-table";

type RetentionReport = Schemas["RetentionReport"];
const PATH = "/api/v1/retention/query";
const UNITS = { day: "Day", week: "Week", month: "Month" };

export default function Retention() {
  const site = useSite();
  const [view] = useView();
  const [chosen, setChosen] = useParam("by_interval", null);
  const [figures, setFigures] = useParam<string>("figures", "percent");
  const [start] = useParam("start", null);
  const [again] = useParam("again", null);
  const [by] = useParam("by", null);
  const setParams = useSetParams();

  const interval =
    INTERVALS.find(({ value }) => value === chosen)?.value ??
    usualInterval(view.period, site.timezone);
  const body = {
    interval,
    ...condition("start", start),
    ...condition("again", again),
    ...(by === null ? {} : { breakdown: { dimension: by, limit: 12 } }),
  };
  const report = useOwnReport<RetentionReport>(PATH, body);
  return (
    <>
      <PageHead
        title="Retention"
        text="Visitors who started in the same interval, and how many of them came back in each one after it."
      >
        <SaveCsv
          path={PATH}
          name="retention"
          body={{ site_id: site.id, ...viewBody(site, view), ...body }}
        />
      </PageHead>
      <div className="mb-4 flex flex-wrap items-center gap-x-5 gap-y-2 rounded-lg border border-line bg-panel px-4 py-3 text-sm sm:px-5">
        <OneCondition
          label="Start with"
          none="their first event"
          value={start}
          onChange={(next) => setParams({ start: next })}
        />
        <OneCondition
          label="Return with"
          none="anything"
          value={again}
          onChange={(next) => setParams({ again: next })}
        />
        <Pick
          label="By"
          value={by ?? ""}
          options={[
            { id: "", text: "nothing" },
            ...DIMENSIONS.filter(({ id }) => id !== "event:goal"),
          ]}
          onChange={(value) => setParams({ by: value === "" ? null : value })}
        />
        <div className="ml-auto flex flex-wrap gap-2">
          <Choice
            label="Interval"
            options={INTERVALS}
            value={interval}
            onChange={(next) => setChosen(next)}
          />
          <Choice
            label="Figures"
            options={[
              { value: "percent", text: "%", spoken: "Percent" },
              { value: "visitors", text: "#", spoken: "Visitors" },
            ]}
            value={figures === "visitors" ? "visitors" : "percent"}
            onChange={(next) => setFigures(next)}
          />
        </div>
      </div>
      <Answer query={report} loading={<Loading />}>
        {(data) => <Tables report={data} by={by} counts={figures === "visitors"} />}
      </Answer>
    </>
  );
}

/** `start` and `again` in the question, where the URL says so and a value is there. */
function condition(key: "start" | "again", text: string | null) {
  const filter = text === null ? null : readFilter(text);
  return filter === null || !hasValue(filter)
    ? {}
    : { [key]: { filters: askedCondition([filter]) } };
}

const hasValue = ({ values }: ViewFilter) => values.some((value) => value !== "");

function Tables({
  report,
  by,
  counts,
}: {
  report: RetentionReport;
  by: string | null;
  counts: boolean;
}) {
  const { timezone } = useSite();
  const [view, setView] = useView();
  const interval = INTERVALS.find(({ value }) => value === report.interval)?.value ?? "week";
  const running = !isPast(view.period, timezone);
  const rows = cohortRows(report.all, running);
  const columns = columnsOf(rows);
  const all = sumsRow("all", report.all, columns, running);
  if (rows.length === 0) {
    return (
      <Panel title="Cohorts">
        <PanelNote>
          Nobody started in this period. Choose a longer period, or another event to start with.
        </PanelNote>
      </Panel>
    );
  }
  const groups: RateRow[] = report.groups.map(({ value, table }) =>
    sumsRow(value, table, columns, running),
  );
  return (
    <div className="flex flex-col gap-4">
      <Average interval={interval} all={all} rows={rows} />
      <Panel
        title="Cohorts"
        note={running ? "dashed: not complete yet, and not in the average" : ""}
      >
        <RateTable
          caption={`Cohorts by ${interval}`}
          first="Started"
          unit={UNITS[interval]}
          rows={rows}
          sum={all}
          text={(id) => bucketText(id, interval)}
          counts={counts}
        />
      </Panel>
      {by !== null && (
        <Panel title="By value" note="all cohorts together">
          <RateTable
            caption={`Retention by ${by}`}
            first="Value"
            unit={UNITS[interval]}
            rows={groups}
            sum={all}
            text={(id) => valueText(by, id)}
            counts={counts}
            onPick={(value) => setView({ filters: withValue(view.filters, by, value) })}
          />
        </Panel>
      )}
    </div>
  );
}

/** The mean of the cohorts over time, and its best known points in words. */
function Average({
  interval,
  all,
  rows,
}: {
  interval: "day" | "week" | "month";
  all: RateRow;
  rows: readonly RateRow[];
}) {
  const later = all.cells.slice(1, 61);
  const highest = Math.max(1, ...later.map(({ rate }) => rate ?? 0));
  const unit = UNITS[interval];
  return (
    <section
      aria-label="On average"
      className="flex flex-wrap items-stretch gap-x-10 gap-y-4 rounded-lg border border-line bg-panel px-4 py-4 sm:px-5"
    >
      <dl className="flex flex-wrap gap-x-8 gap-y-3">
        <div>
          <dt className="text-[0.8125rem] text-muted">Started</dt>
          <dd className="text-2xl font-semibold tracking-tight">{formatCount(all.visitors)}</dd>
          <dd className="text-[0.8125rem] text-muted">
            in {formatCount(rows.length)} {rows.length === 1 ? interval : `${interval}s`}
          </dd>
        </div>
        {headlines(interval, all.cells).map(({ offset, cell }) => (
          <div key={offset}>
            <dt className="text-[0.8125rem] text-muted">
              {unit} {offset}
            </dt>
            <dd className="text-2xl font-semibold tracking-tight">
              {formatPercent(cell.rate ?? 0)}
            </dd>
            <dd className="text-[0.8125rem] text-muted">
              {formatCount(cell.visitors)} of {formatCount(cell.of)}
            </dd>
          </div>
        ))}
      </dl>
      {later.length > 1 && (
        <div className="flex h-24 min-w-52 flex-1 items-end gap-0.5 sm:gap-1" aria-hidden="true">
          {later.map((cell, index) => (
            <span
              key={`${unit} ${index + 1}`}
              className="flex h-full max-w-14 min-w-0 flex-1 flex-col justify-end gap-1 text-center text-[0.6875rem] text-muted"
              title={`${unit} ${index + 1}: ${formatPercent(cell.rate ?? 0)}`}
            >
              <span
                className="rounded-t-sm bg-race/75"
                style={{ height: `${((cell.rate ?? 0) / highest) * 76}%` }}
              />
              {later.length <= 31 && (
                <span className={later.length > 14 ? "max-sm:hidden" : ""}>{index + 1}</span>
              )}
            </span>
          ))}
        </div>
      )}
    </section>
  );
}

function Loading() {
  return (
    <div className="flex flex-col gap-4">
      <div className="h-[8.125rem] rounded-lg border border-line bg-panel p-5">
        <Skeleton className="h-10 w-64" />
      </div>
      <div className="flex h-[22rem] flex-col gap-3 rounded-lg border border-line bg-panel p-5">
        {Array.from({ length: 9 }, (_, index) => (
          <Skeleton key={index} className="h-6 w-full" />
        ))}
      </div>
    </div>
  );
}
