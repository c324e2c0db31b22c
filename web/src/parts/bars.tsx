import type { Count } from "../api/reports";
import { formatCount, formatShare, formatShort } from "../format";
import { Skeleton } from "./skeleton";

const ROWS = 8;
const ROW = "relative flex h-8 items-center justify-between gap-3 rounded px-2 text-sm";

/**
 * A breakdown: its largest rows as bars, each as long as its share of the largest. The space is
 * that of all rows from the start, so that nothing below moves when they arrive.
 */
export function Bars({ rows, empty }: { rows: Count[] | undefined; empty: string }) {
  const shown = rows?.slice(0, ROWS) ?? [];
  const largest = Math.max(1, ...shown.map((row) => row.count));
  const total = rows?.reduce((sum, row) => sum + row.count, 0) ?? 0;
  return (
    <div className="min-h-69 px-2 pb-3 sm:px-3">
      {rows === undefined && (
        <div className="flex flex-col gap-0.5">
          {[78, 64, 58, 49, 40, 36, 30, 22].map((width) => (
            <div key={width} className={ROW}>
              <span style={{ width: `${width}%` }}>
                <Skeleton className="h-3.5 w-full" />
              </span>
            </div>
          ))}
        </div>
      )}
      {rows?.length === 0 && <p className="px-2 py-3 text-sm text-muted">{empty}</p>}
      {shown.length > 0 && (
        <ul className="flex flex-col gap-0.5">
          {shown.map((row) => (
            <li key={row.name} className={ROW}>
              <span
                aria-hidden="true"
                className="absolute inset-y-0 left-0 rounded bg-race-soft transition-[width] duration-500"
                style={{ width: `${Math.max(1, (row.count / largest) * 100)}%` }}
              />
              <span className="relative min-w-0 truncate" title={row.name}>
                {row.name || "(none)"}
              </span>
              <span
                className="relative shrink-0 font-medium"
                title={`${formatCount(row.count)} (${formatShare(row.count, total)})`}
              >
                {formatShort(row.count)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
