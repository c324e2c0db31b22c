import { lazy, Suspense } from "react";
import { numberOf, useReport } from "../../api/report";
import { useSite } from "../../api/site";
import { formatCount, formatMoney, formatRate, formatShort } from "../../format";
import { Answer } from "../../parts/answer";
import { isPartial } from "../../parts/buckets";
import { Change } from "../../parts/change";
import { Skeleton } from "../../parts/skeleton";
import { intervalsOf, periodText } from "../../view/period";
import { useView } from "../../view/use-view";

const Chart = lazy(() => import("../../parts/chart"));

/** How often an event happened over the period, beside the compared one, with its sums. */
export function Course({ name }: { name: string }) {
  const { timezone } = useSite();
  const [view] = useView();
  const interval = intervalsOf(view.period, timezone)[0] ?? "day";
  const filters = [["is", "event:name", [name]]];
  const sums = useReport({ metrics: ["events", "visitors", "total_revenue"], filters });
  const course = useReport({
    metrics: ["events"],
    dimensions: [`time:${interval}`],
    filters,
    timeLabels: true,
    compare: false,
  });
  const row = sums.data?.results[0];
  const events = numberOf(row?.metrics[0]);
  const visitors = numberOf(row?.metrics[1]);
  const revenue = row?.metrics[2];
  const each = events !== null && visitors !== null && visitors > 0 ? events / visitors : null;
  const figures = [
    {
      text: "Events",
      value: events === null ? null : formatShort(events),
      change: row?.comparison?.change[0],
    },
    {
      text: "Visitors",
      value: visitors === null ? null : formatShort(visitors),
      change: row?.comparison?.change[1],
    },
    { text: "Each visitor", value: each === null ? null : formatRate(each), change: null },
    ...(sums.data?.meta.metric_warnings?.["total_revenue"]?.code === "several_currencies"
      ? [{ text: "Revenue", value: "several currencies", change: null }]
      : []),
    ...(typeof revenue === "object" && revenue !== null
      ? [
          {
            text: "Revenue",
            value: formatMoney(revenue.value, revenue.currency),
            change: row?.comparison?.change[2],
          },
        ]
      : []),
  ];
  return (
    <section aria-label={`Course of ${name}`} className="rounded-lg border border-line bg-panel">
      <dl className="flex flex-wrap gap-x-10 gap-y-2 px-4 pt-3.5 sm:px-5">
        {figures.map(({ text, value, change }) => (
          <div key={text}>
            <dt className="text-[0.8125rem] text-muted">{text}</dt>
            <dd className="text-xl font-semibold tracking-tight">
              {sums.data === undefined ? <Skeleton className="h-5 w-16" /> : (value ?? "–")}
              <span className="ml-2 text-xs font-medium tracking-normal">
                <Change percent={change} />
              </span>
            </dd>
          </div>
        ))}
      </dl>
      <div className="flex h-52 flex-col px-2 pt-1 pb-2 sm:px-3">
        <Answer query={course} loading={<Skeleton className="m-3 h-40 w-[calc(100%-1.5rem)]" />}>
          {(data) => {
            const labels = data.meta.time_labels ?? [];
            const byLabel = new Map(
              data.results.map(({ dimensions, metrics }) => [dimensions[0], numberOf(metrics[0])]),
            );
            return (
              <Suspense fallback={null}>
                <div className="min-h-0 flex-1">
                  <Chart
                    title={`${name}, ${periodText(view.period)}`}
                    line={{
                      labels,
                      interval,
                      values: labels.map((label) => byLabel.get(label) ?? 0),
                      partial: isPartial(labels, interval, timezone),
                    }}
                    format={(value) => `${formatCount(value)} ${value === 1 ? "event" : "events"}`}
                    short={formatShort}
                  />
                </div>
              </Suspense>
            );
          }}
        </Answer>
      </div>
    </section>
  );
}
