// Where visitors are: the map, and lists of countries, regions and cities.

import { useReport } from "../../api/report";
import { Answer } from "../../parts/answer";
import { WorldMap } from "../../parts/map/world-map";
import { Skeleton } from "../../parts/skeleton";
import { useView } from "../../view/use-view";
import { shortList } from "./breakdown";
import { ListFoot } from "./list-panel";
import { TabbedLists } from "./panels";
import { picked, UNKNOWN } from "./rows";

const NONE_KNOWN =
  "No place is known more closely than by country. The server tells places by a GeoIP database of cities.";

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
  const report = useReport(shortList(COUNTRIES, 300));
  return (
    <>
      <div className={`flex flex-1 flex-col justify-center px-3 pt-3 sm:min-h-[19.75rem] sm:px-5`}>
        <Answer query={report} loading={<Skeleton className="aspect-[1000/450] w-full" />}>
          {({ results }) => (
            <WorldMap
              className="my-auto"
              counts={results.flatMap(({ dimensions, metrics }) => {
                const [code = UNKNOWN] = dimensions;
                const [count] = metrics;
                return code !== UNKNOWN && typeof count === "number" ? [{ code, count }] : [];
              })}
              unit="visitors"
              onPick={(code) => setView({ filters: picked(view.filters, COUNTRIES, [code]) })}
            />
          )}
        </Answer>
      </div>
      <ListFoot dimension={COUNTRIES} />
    </>
  );
}
