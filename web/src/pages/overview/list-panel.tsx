// The rows of one breakdown in a panel: the nine largest, each a filter to press.

import type { ReactNode } from "react";
import { numberOf, useReport } from "../../api/report";
import { Answer } from "../../parts/answer";
import { type Bar, Bars, BarsLoading } from "../../parts/bars";
import { QUIET } from "../../parts/menu";
import { useView } from "../../view/use-view";
import { nothingText } from "../../view/view";
import { isConverting } from "../../view/filters";
import { METRICS, metricName } from "../../view/metrics";
import { countedOf, fileWord, headOf, longList, shortList } from "./breakdown";
import { ExportRows } from "./export-menu";
import { barsOf, countryOf, picked } from "./rows";
import { CountryFlag } from "../../parts/country-flag";
import { Letter } from "./row-icons";
import { useDetail } from "./use-detail";
import { figuresOf } from "./figures";
import { useTotals } from "./use-figures";

/** As high as nine rows: what loads or is short leaves the page where it is. */
export const LIST_HEIGHT = "min-h-[19.75rem]";

export function ListPanel({
  dimension,
  empty,
  head,
}: {
  dimension: string;
  empty?: ReactNode;
  /** Over the values, in place of their name. */
  head?: ReactNode;
}) {
  const [view, setView] = useView();
  const converting = isConverting(view.filters);
  const question = shortList(dimension, converting);
  const report = useReport(question);
  const totals = useTotals();
  const counted = countedOf(dimension, converting);
  const total = numberOf(totals.data?.results[0]?.metrics[figuresOf(view).indexOf(counted)]);
  const pick = ({ value }: Bar) =>
    setView({ filters: picked(view.filters, dimension, value.split("\u0000")) });
  return (
    <>
      <div className={`flex flex-1 flex-col px-2 pt-2 sm:px-3 ${LIST_HEIGHT}`}>
        <ListHead
          left={head ?? headOf(dimension)}
          right={converting ? ["Conversions", "Rate"] : [METRICS[counted].text]}
        />
        <Answer
          query={report}
          loading={<BarsLoading />}
          isEmpty={({ results }) => results.length === 0}
          // Why a list is empty is told where there is anybody at all.
          empty={total === 0 ? nothingText(view) : (empty ?? nothingText(view))}
        >
          {(data) => (
            <Bars
              rows={barsOf(data, dimension, total, converting).map((bar) =>
                withIcon(bar, dimension),
              )}
              unit={metricName(counted, converting).unit}
              onPick={pick}
            />
          )}
        </Answer>
      </div>
      <ListFoot dimension={dimension} />
    </>
  );
}

/** What is in the columns. */
export function ListHead({ left, right }: { left: ReactNode; right: readonly string[] }) {
  return (
    <div className="flex h-7 items-center gap-3 px-2 text-xs text-muted">
      <span className="min-w-0 flex-1 truncate">{left}</span>
      {right.map((text, index) => (
        <span key={text} className={index > 0 ? "w-11 shrink-0 text-right" : "shrink-0"}>
          {text}
        </span>
      ))}
    </div>
  );
}

/** The way to all rows, and to a file with them. */
export function ListFoot({ dimension }: { dimension: string }) {
  const { open } = useDetail();
  const [view] = useView();
  return (
    <footer className="no-print flex items-center justify-between px-2 py-1.5 sm:px-3">
      <button type="button" className={QUIET} onClick={() => open(dimension)}>
        Details
      </button>
      <ExportRows
        question={longList(dimension, isConverting(view.filters))}
        what={fileWord(dimension)}
        label={headOf(dimension)}
      />
    </footer>
  );
}

export function withIcon(bar: Bar, dimension: string): Bar {
  const dimensions = bar.value.split("\u0000");
  const country = countryOf(dimension, dimensions);
  if (country !== null) return { ...bar, icon: <CountryFlag code={country} /> };
  if (dimension === "visit:source" || dimension === "visit:referrer") {
    return { ...bar, icon: <Letter of={bar.text ?? bar.value} /> };
  }
  return bar;
}
