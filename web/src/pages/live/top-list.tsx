import type { Count } from "../../api/live";
import { type Bar, Bars, BarsLoading } from "../../parts/bars";
import { Panel, PanelNote } from "../../parts/panel";
import { CountryFlag } from "../../parts/country-flag";
import { valueText } from "../../view/names";

/** The most frequent values of five minutes; a click is a filter. */
export function TopList({
  title,
  unit,
  dimension,
  rows,
  onPick,
}: {
  title: string;
  unit: string;
  dimension: string;
  rows: readonly Count[] | null;
  onPick: (value: string) => void;
}) {
  return (
    <Panel title={title} note={unit}>
      <div className="min-h-88 px-2 pb-3 sm:px-3">
        {rows === null ? (
          <div aria-busy="true">
            <BarsLoading rows={10} />
          </div>
        ) : rows.length === 0 ? (
          <PanelNote>Nothing in the last five minutes.</PanelNote>
        ) : (
          <Bars
            rows={rows.slice(0, 10).map((row) => bar(dimension, row))}
            unit={unit}
            onPick={({ value }) => onPick(value)}
          />
        )}
      </div>
    </Panel>
  );
}

function bar(dimension: string, { name, count }: Count): Bar {
  return {
    value: name,
    text: valueText(dimension, name),
    count,
    ...(dimension === "visit:country" ? { icon: <CountryFlag code={name} /> } : {}),
  };
}
