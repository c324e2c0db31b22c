// The figures over the chart. Each is a button that draws it.

import type { UseQueryResult } from "@tanstack/react-query";
import type { Report } from "../../api/types";
import { Change } from "../../parts/change";
import { Failed } from "../../parts/answer";
import { Skeleton } from "../../parts/skeleton";
import { Sparkline } from "../../parts/sparkline";
import { isPercent, METRICS, metricName, metricShort, metricText } from "../../view/metrics";
import type { Line } from "../../parts/chart";
import { changeOf, type Figure, fits } from "./figures";

export function FigureStrip({
  totals,
  lines,
  figures,
  converting,
  chosen,
  onChoose,
}: {
  totals: UseQueryResult<Report>;
  /** How each figure went, once that is known. */
  lines: ReadonlyMap<Figure, Line> | null;
  figures: readonly Figure[];
  /** Whether a goal is filtered by. */
  converting: boolean;
  chosen: Figure;
  onChoose: (figure: Figure) => void;
}) {
  const { error, isPlaceholderData } = totals;
  const data = totals.data !== undefined && fits(totals.data, figures) ? totals.data : undefined;
  if (error !== null && totals.data === undefined) {
    return <Failed error={error} again={() => void totals.refetch()} />;
  }
  return (
    <ul
      aria-label="Figures"
      aria-busy={data === undefined || isPlaceholderData}
      className={`grid gap-px overflow-hidden rounded-t-lg border-b border-line bg-line sm:grid-cols-3 ${figures.length > 3 ? "grid-cols-2 xl:grid-cols-6" : "grid-cols-1"} ${isPlaceholderData ? "opacity-60 transition-opacity delay-150" : ""}`}
    >
      {figures.map((figure, index) => {
        const { lessIsBetter } = METRICS[figure];
        const { text } = metricName(figure, converting);
        const cell = data?.results[0]?.metrics[index];
        const line = lines?.get(figure);
        return (
          <li key={figure} className="flex bg-panel">
            <button
              type="button"
              aria-pressed={figure === chosen}
              className="group relative flex min-w-0 flex-1 flex-col px-4 pt-3 pb-2.5 text-left outline-offset-[-3px] hover:bg-ground sm:px-5"
              title={data === undefined ? text : `${text}: ${metricText(figure, cell, converting)}`}
              onClick={() => onChoose(figure)}
            >
              <span
                aria-hidden="true"
                className="absolute inset-x-0 top-0 h-0.5 bg-race opacity-0 group-aria-pressed:opacity-100"
              />
              <span className="truncate text-[0.8125rem] text-muted group-aria-pressed:font-semibold group-aria-pressed:text-race">
                {text}
              </span>
              <span className="mt-0.5 flex h-8 items-baseline gap-2">
                {data === undefined ? (
                  <Skeleton className="h-6 w-20 self-center" />
                ) : (
                  <>
                    <span className="text-[1.375rem] font-semibold tracking-tight">
                      {metricShort(figure, cell)}
                    </span>
                    <span className="text-[0.8125rem] whitespace-nowrap">
                      <Change
                        percent={changeOf(data, index)}
                        lessIsBetter={lessIsBetter}
                        points={isPercent(figure)}
                      />
                    </span>
                  </>
                )}
              </span>
              <Sparkline
                values={line?.values.some((value) => value !== null) ? line.values : []}
                partial={line?.partial ?? false}
                className="mt-1.5 h-6 w-full"
              />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
