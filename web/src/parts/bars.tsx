// Rows of a breakdown as bars, each as long as its share of the largest.

import type { ReactNode } from "react";
import { formatCount, formatShort } from "../format";
import { Skeleton } from "./skeleton";

export interface Bar {
  /** What a filter would say. */
  value: string;
  /** What the reader sees; the value, where it is left out. */
  text?: string;
  icon?: ReactNode;
  count: number;
  /** Of the whole, 0 to 1, where it is known. */
  share?: number | undefined;
  /** Shown at the right, in place of the count. */
  figure?: string | undefined;
  /** What stands where the share would. */
  note?: string | undefined;
  /** What else can be done with it. */
  aside?: ReactNode;
  /** Where the value leads when it is an address. */
  href?: string | null | undefined;
}

const ROW = "relative flex h-8 items-center gap-3 rounded px-2 text-sm";

/** Whoever is clicked becomes a filter, where `onPick` is given. */
export function Bars({
  rows,
  unit,
  onPick,
}: {
  rows: readonly Bar[];
  /** What is counted, in the plural: `visitors`. */
  unit: string;
  onPick?: ((bar: Bar) => void) | undefined;
}) {
  const largest = Math.max(1, ...rows.map((row) => row.count));
  return (
    <ul className="flex flex-col gap-0.5">
      {rows.map((row) => {
        const text = row.text ?? row.value;
        const content = (
          <>
            {row.icon}
            <span className="min-w-0 truncate">{text === "" ? "(none)" : text}</span>
          </>
        );
        return (
          <li key={row.value} className={`${ROW} group`}>
            <span
              aria-hidden="true"
              className="absolute inset-y-0 left-0 rounded bg-race-soft transition-[width] duration-300"
              style={{ width: `${Math.max(0.5, (row.count / largest) * 100)}%` }}
            />
            {onPick === undefined ? (
              <span className="relative flex min-w-0 flex-1 items-center gap-2" title={text}>
                {content}
              </span>
            ) : (
              <button
                type="button"
                title={`${text} · Filter by ${text}`}
                className="relative flex min-w-0 flex-1 items-center gap-2 text-left hover:underline"
                onClick={() => onPick(row)}
              >
                {content}
              </button>
            )}
            {row.href !== undefined && row.href !== null && (
              <a
                href={row.href}
                target="_blank"
                rel="noreferrer noopener"
                aria-label={`Open ${text} in a new tab`}
                className="relative hidden text-muted group-focus-within:inline group-hover:inline hover:text-ink"
              >
                ↗
              </a>
            )}
            {row.aside}
            <span
              className={`relative shrink-0 font-medium ${row.aside === undefined ? "" : "min-w-12 text-right"}`}
              title={`${formatCount(row.count)} ${unit}`}
            >
              {row.figure ?? formatShort(row.count)}
            </span>
            {(row.note !== undefined || row.share !== undefined) && (
              <span className="relative w-11 shrink-0 text-right text-muted">
                {row.note ?? percent(row.share ?? 0)}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** Rows that are not there yet: as high as the real ones. */
export function BarsLoading({ rows = 9 }: { rows?: number }) {
  return (
    <div className="flex flex-col gap-0.5">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={ROW}>
          <span style={{ width: `${80 * 0.82 ** index}%` }}>
            <Skeleton className="h-3.5 w-full" />
          </span>
        </div>
      ))}
    </div>
  );
}

function percent(share: number): string {
  return share > 0 && share < 0.01
    ? "<1%"
    : new Intl.NumberFormat(undefined, { style: "percent" }).format(share);
}
