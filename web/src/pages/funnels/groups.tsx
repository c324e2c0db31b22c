import type { Schemas } from "../../api/types";
import { formatCount } from "../../format";
import { PanelNote } from "../../parts/panel";
import { ScrollBox } from "../../parts/scroll-box";
import { withValue } from "../../view/filters";
import { valueText } from "../../view/names";
import { useView } from "../../view/use-view";
import { percentText } from "./drawing";
import { numbered } from "./steps";

/** The funnel once for each value of a dimension; a click on one looks at it alone. */
export function Groups({
  report,
  dimension,
}: {
  report: Schemas["FunnelReport"];
  dimension: string;
}) {
  const [view, setView] = useView();
  if (report.groups.length === 0) return <PanelNote>Nobody took the first step.</PanelNote>;
  const rows = [
    ...report.groups.map(({ value, steps }) => ({ value, steps })),
    ...(report.other === null ? [] : [{ value: null, steps: report.other }]),
  ];
  return (
    <ScrollBox label="The funnel by value" className="border-t border-line">
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">The funnel by value</caption>
        <thead>
          <tr className="border-b border-line text-left text-muted">
            <th scope="col" className="px-4 py-2 font-medium sm:px-5">
              Value
            </th>
            {numbered(report.steps).map(({ item: step, at: index }) => (
              <th
                key={index}
                scope="col"
                className="max-w-40 truncate px-3 py-2 text-right font-medium"
                title={step.name}
              >
                {step.name}
              </th>
            ))}
            <th scope="col" className="px-4 py-2 text-right font-medium sm:px-5">
              Conversion
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ value, steps }) => {
            const rate = steps.at(-1)?.of_first ?? null;
            return (
              <tr
                key={value ?? "\u0000"}
                className="border-b border-line/60 last:border-0 hover:bg-ground"
              >
                <th
                  scope="row"
                  className="max-w-56 truncate px-4 py-2 text-left font-normal sm:px-5"
                >
                  {value === null ? (
                    <span className="text-muted">All others</span>
                  ) : (
                    <button
                      type="button"
                      className="max-w-full truncate hover:underline"
                      title={`Filter by ${valueText(dimension, value)}`}
                      onClick={() =>
                        setView({ filters: withValue(view.filters, dimension, value) })
                      }
                    >
                      {valueText(dimension, value)}
                    </button>
                  )}
                </th>
                {numbered(steps).map(({ item: step, at: index }) => (
                  <td key={index} className="px-3 py-2 text-right">
                    {formatCount(step.visitors)}
                    {index > 0 && step.of_previous !== null && (
                      <span className="ml-1.5 inline-block w-11 text-muted">
                        {percentText(step.of_previous)}
                      </span>
                    )}
                  </td>
                ))}
                <td className="px-4 py-2 text-right font-medium whitespace-nowrap sm:px-5">
                  <Gauge percent={rate ?? 0} />
                  {rate === null ? "–" : percentText(rate)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function Gauge({ percent }: { percent: number }) {
  return (
    <span
      aria-hidden="true"
      className="mr-3 inline-block h-1.5 w-16 overflow-hidden rounded-full bg-race-soft align-middle max-sm:hidden"
    >
      <span className="block h-full bg-race" style={{ width: `${Math.min(100, percent)}%` }} />
    </span>
  );
}
