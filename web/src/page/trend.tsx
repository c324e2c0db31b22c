import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { Range } from "../api/reports";
import { RANGES, timeseries } from "../api/reports";
import { formatCount } from "../format";
import Chart from "../parts/chart";
import { Choice } from "../parts/choice";
import { Panel, PanelNote } from "../parts/panel";
import { Skeleton } from "../parts/skeleton";
import { shape } from "../series";

const NAMES: Record<Range, string> = {
  "24h": "last 24 hours",
  "7d": "last 7 days",
  "30d": "last 30 days",
};

/** Events over time. The range is in the address, so that a link shows the same chart. */
export function Trend({ site }: { site: string }) {
  const [range, setRange] = useState(rangeInAddress);
  const series = useQuery(timeseries(site, range));
  const drawn = useMemo(() => (series.data ? shape(series.data) : null), [series.data]);
  const choose = (next: Range) => {
    setRange(next);
    const address = new URL(location.href);
    address.searchParams.set("range", next);
    history.replaceState(null, "", address);
  };
  return (
    <Panel
      title="Events"
      note={NAMES[range]}
      aside={
        <div className="flex items-center gap-4">
          <span className="text-sm whitespace-nowrap text-muted">
            {drawn && !series.isPlaceholderData ? (
              <>
                <b className="font-semibold text-ink">{formatCount(drawn.total)}</b> in all
              </>
            ) : (
              <Skeleton className="h-3.5 w-20" />
            )}
          </span>
          <Choice
            label="Range of the chart"
            value={range}
            onChange={choose}
            options={RANGES.map((value) => ({ value, text: value, spoken: NAMES[value] }))}
          />
        </div>
      }
    >
      <div
        className={`h-72 px-2 pb-2 transition-opacity *:h-full sm:px-3 ${series.isPlaceholderData ? "opacity-40" : ""}`}
      >
        {drawn && <Chart shape={drawn} title={`Events, ${NAMES[range]}`} />}
        {!drawn && series.error && <PanelNote fault>{series.error.message}</PanelNote>}
        {!drawn && !series.error && (
          <div className="p-2">
            <Skeleton className="h-full w-full" />
          </div>
        )}
      </div>
      <p className="flex items-center gap-2 px-4 pb-3 text-[0.8125rem] text-muted sm:px-5">
        <svg viewBox="0 0 26 8" className="h-2 w-6.5 shrink-0" aria-hidden="true">
          <path d="M0 4h20" className="stroke-brass-fill" strokeWidth="2" strokeDasharray="4 3" />
          <circle cx="22" cy="4" r="3" className="fill-panel stroke-brass-fill" strokeWidth="1.5" />
        </svg>
        {series.data?.interval === "day" ? "today" : "this hour"}, still counting
      </p>
    </Panel>
  );
}

function rangeInAddress(): Range {
  const asked = new URLSearchParams(location.search).get("range");
  return RANGES.find((range) => range === asked) ?? "24h";
}
