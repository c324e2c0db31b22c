import { numberOf, useReport } from "../../api/report";
import { useSite } from "../../api/site";
import type { ReportRow } from "../../api/types";
import { formatCount, formatShort } from "../../format";
import { isPartial } from "../../parts/buckets";
import { Change } from "../../parts/change";
import { ParamLink } from "../../parts/param-link";
import { ScrollBox } from "../../parts/scroll-box";
import { Sparkline } from "../../parts/sparkline";
import { intervalsOf } from "../../view/period";
import { useView } from "../../view/use-view";
import { trends } from "./trends";

const HEAD = "px-2 py-2 font-medium first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5";
const CELL = "px-2 py-1.5 first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5";

/** Names with their figures; one query has the lines of all of them. */
export function Names({ rows, open }: { rows: readonly ReportRow[]; open: string | null }) {
  const { timezone } = useSite();
  const [view] = useView();
  const interval = intervalsOf(view.period, timezone)[0] ?? "day";
  const lines = useReport({
    metrics: ["events"],
    dimensions: ["event:name", `time:${interval}`],
    timeLabels: true,
    compare: false,
  });
  const byName = lines.data === undefined ? null : trends(lines.data);
  const partial = isPartial(lines.data?.meta.time_labels ?? [], interval, timezone);
  return (
    <ScrollBox label="Events by name" className="pb-2">
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">Events by name</caption>
        <thead>
          <tr className="border-b border-line text-left text-muted">
            <th scope="col" className={HEAD}>
              Event
            </th>
            <th scope="col" className={`${HEAD} w-28 max-sm:hidden`}>
              Trend
            </th>
            <th scope="col" className={`${HEAD} text-right`}>
              Events
            </th>
            <th scope="col" className={`${HEAD} text-right`}>
              Change
            </th>
            <th scope="col" className={`${HEAD} text-right`}>
              Visitors
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ dimensions, metrics, comparison }) => {
            const name = dimensions[0] ?? "";
            const events = numberOf(metrics[0]) ?? 0;
            return (
              <tr
                key={name}
                className={`border-b border-line/60 last:border-0 ${name === open ? "bg-race-soft/60" : "hover:bg-ground"}`}
              >
                <th scope="row" className={`${CELL} max-w-44 truncate text-left font-normal`}>
                  <ParamLink
                    change={{ event: name, key: null }}
                    className={`hover:underline ${name === open ? "font-semibold" : ""}`}
                    title={name}
                  >
                    {name}
                  </ParamLink>
                </th>
                <td className={`${CELL} max-sm:hidden`}>
                  <Sparkline
                    values={byName?.get(name) ?? []}
                    partial={partial}
                    className="h-6 w-24"
                  />
                </td>
                <td className={`${CELL} text-right`} title={formatCount(events)}>
                  {formatShort(events)}
                </td>
                <td className={`${CELL} text-right text-[0.8125rem] whitespace-nowrap`}>
                  <Change percent={comparison?.change[0]} />
                </td>
                <td className={`${CELL} text-right`}>{formatShort(numberOf(metrics[1]) ?? 0)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollBox>
  );
}
