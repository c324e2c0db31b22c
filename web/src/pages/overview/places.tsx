// Where visitors are: the map, and lists of countries, regions and cities.

import { useReport } from "../../api/report";
import { Answer } from "../../parts/answer";
import { WorldMap } from "../../parts/map/world-map";
import { Skeleton } from "../../parts/skeleton";
import { isConverting } from "../../view/filters";
import { metricName } from "../../view/metrics";
import { nothingText } from "../../view/view";
import { useView } from "../../view/use-view";
import { shortList } from "./breakdown";
import { ListFoot } from "./list-panel";
import { TabbedLists } from "./panels";
import { picked, UNKNOWN } from "./rows";

const NONE_KNOWN =
  "No place is known more closely than by country. The server tells places by a GeoIP database of cities.";

const NO_COUNTRY = "No country is known of these visitors.";

const TABS = [
  { id: "map", text: "Map", dimension: "visit:country" },
  { id: "countries", text: "Countries", dimension: "visit:country" },
  { id: "regions", text: "Regions", dimension: "visit:region", empty: NONE_KNOWN },
  { id: "cities", text: "Cities", dimension: "visit:city", empty: NONE_KNOWN },
] as const;

export function Places() {
  return (
    <TabbedLists label="Places" param="places" tabs={TABS}>
      {(tab) => (tab === "map" ? <CountryMap /> : null)}
    </TabbedLists>
  );
}

const COUNTRIES = "visit:country";

function CountryMap() {
  const [view, setView] = useView();
  const converting = isConverting(view.filters);
  const report = useReport(shortList(COUNTRIES, converting, 300));
  return (
    <>
      <div className={`flex flex-1 flex-col justify-center px-3 pt-3 sm:min-h-[19.75rem] sm:px-5`}>
        <Answer query={report} loading={<Skeleton className="aspect-[1000/450] w-full" />}>
          {({ results }) => {
            const counts = results.flatMap(({ dimensions, metrics }) => {
              const [code = UNKNOWN] = dimensions;
              const [count] = metrics;
              return code !== UNKNOWN && typeof count === "number" ? [{ code, count }] : [];
            });
            return (
              <div className="relative my-auto">
                <WorldMap
                  counts={counts}
                  unit={metricName("visitors", converting).unit}
                  onPick={(code) => setView({ filters: picked(view.filters, COUNTRIES, [code]) })}
                />
                {counts.length === 0 && (
                  <p className="absolute inset-0 flex items-center justify-center text-sm text-muted">
                    <span className="rounded-md border border-line bg-panel px-3 py-1.5">
                      {results.length === 0 ? nothingText(view) : NO_COUNTRY}
                    </span>
                  </p>
                )}
              </div>
            );
          }}
        </Answer>
      </div>
      <ListFoot dimension={COUNTRIES} />
    </>
  );
}
