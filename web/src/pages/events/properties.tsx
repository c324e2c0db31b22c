import type { UseQueryResult } from "@tanstack/react-query";
import { numberOf, useReport } from "../../api/report";
import type { Schemas } from "../../api/types";
import { formatCount } from "../../format";
import { Answer } from "../../parts/answer";
import { Bars, BarsLoading } from "../../parts/bars";
import { ParamLink } from "../../parts/param-link";
import { Skeleton } from "../../parts/skeleton";
import { PROPERTY, withValue } from "../../view/filters";
import { useParam, useView } from "../../view/use-view";
import { numberText, propertyKeys, STATISTICS, statistic } from "./trends";

/** The properties of an event by key, and the values of the one that is open. */
export function Properties({
  name,
  samples,
}: {
  name: string;
  samples: UseQueryResult<Schemas["EventDetails"]>;
}) {
  const [chosen] = useParam("key", null);
  return (
    <Answer
      query={samples}
      loading={<PropertiesLoading />}
      isEmpty={(data) => propertyKeys(data.events).length === 0}
      empty={`The latest events named “${name}” carry no properties. Send some along with the event, and their values are counted here.`}
    >
      {(data) => {
        const keys = propertyKeys(data.events);
        const open = keys.find(({ key }) => key === chosen) ?? keys[0];
        if (open === undefined) return null;
        return (
          <div className="flex flex-col gap-3 p-3 sm:p-4">
            <ul aria-label="Property" className="flex flex-wrap gap-1.5">
              {keys.map(({ key }) => (
                <li key={key}>
                  <ParamLink
                    change={{ key }}
                    className={`inline-flex h-7 max-w-56 items-center rounded-full border px-3 text-[0.8125rem] ${
                      key === open.key
                        ? "border-race bg-race-soft font-semibold"
                        : "border-line text-muted hover:border-muted hover:text-ink"
                    }`}
                  >
                    <span className="truncate">{key}</span>
                  </ParamLink>
                </li>
              ))}
            </ul>
            {open.isNumber && <Numbers name={name} property={open.key} />}
            <Values name={name} property={open.key} />
          </div>
        );
      }}
    </Answer>
  );
}

function Values({ name, property }: { name: string; property: string }) {
  const [view, setView] = useView();
  const dimension = `${PROPERTY}${property}`;
  const report = useReport({
    metrics: ["events", "visitors"],
    dimensions: [dimension],
    filters: [["is", "event:name", [name]]],
    limit: 30,
    totalRows: true,
    compare: false,
  });
  return (
    <Answer
      query={report}
      loading={<BarsLoading rows={6} />}
      isEmpty={(data) => data.results.length === 0}
    >
      {(data) => {
        const total = data.results.reduce(
          (sum, { metrics }) => sum + (numberOf(metrics[0]) ?? 0),
          0,
        );
        const all = data.meta.total_rows ?? data.results.length;
        const whole = all <= data.results.length;
        return (
          <>
            <Bars
              unit="events"
              onPick={({ value }) =>
                setView({ filters: withValue(view.filters, dimension, value) })
              }
              rows={data.results.map(({ dimensions, metrics }) => {
                const count = numberOf(metrics[0]) ?? 0;
                return {
                  value: dimensions[0] ?? "",
                  count,
                  // Of a list that is cut the whole is not known.
                  share: whole && total > 0 ? count / total : undefined,
                };
              })}
            />
            {!whole && (
              <p className="mt-2 px-2 text-[0.8125rem] text-muted">
                The first {formatCount(data.results.length)} of {formatCount(all)} values.
              </p>
            )}
          </>
        );
      }}
    </Answer>
  );
}

function Numbers({ name, property }: { name: string; property: string }) {
  const report = useReport({
    metrics: STATISTICS.map(({ id }) => statistic(id, property)),
    filters: [["is", "event:name", [name]]],
    compare: false,
  });
  const cells = report.data?.results[0]?.metrics;
  return (
    <dl className="grid grid-cols-3 gap-x-4 gap-y-2 rounded-md bg-ground px-4 py-3 sm:grid-cols-6">
      {STATISTICS.map(({ id, text }, index) => {
        const value = numberOf(cells?.[index]);
        return (
          <div key={id} className="min-w-0">
            <dt className="truncate text-xs text-muted">{text}</dt>
            <dd className="truncate font-semibold">
              {cells === undefined ? (
                <Skeleton className="h-4 w-12" />
              ) : value === null ? (
                "–"
              ) : (
                numberText(value)
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function PropertiesLoading() {
  return (
    <div className="flex flex-col gap-3 p-4">
      <Skeleton className="h-7 w-56" />
      <BarsLoading rows={6} />
    </div>
  );
}
