// Events by name; beside them the properties of the chosen one, key by key.

import { numberOf, useReport } from "../../api/report";
import { useSample } from "../../api/sample";
import type { Filter, Report } from "../../api/types";
import { Answer } from "../../parts/answer";
import { type Bar, Bars, BarsLoading } from "../../parts/bars";
import { PanelNote } from "../../parts/panel";
import { PROPERTY } from "../../view/filters";
import { keysOf } from "../../view/property-keys";
import { useParam, useView } from "../../view/use-view";
import { ROWS } from "./breakdown";
import { LIST_HEIGHT, ListFoot, ListHead } from "./list-panel";
import { picked } from "./rows";

const NAME = "event:name";
const NO_PAGEVIEWS: Filter[] = [["is_not", NAME, ["pageview"]]];

export function Events() {
  const [named, choose] = useParam("event", null);
  const report = useReport({
    metrics: ["events"],
    dimensions: [NAME],
    limit: ROWS,
    compare: false,
  });
  return (
    <div className="grid min-w-0 flex-1 lg:grid-cols-2 lg:divide-x lg:divide-line">
      <div className="flex min-w-0 flex-col">
        <div className={`flex flex-1 flex-col px-2 pt-2 sm:px-3 ${LIST_HEIGHT}`}>
          <ListHead left="Event" right={["Events"]} />
          <Answer
            query={report}
            loading={<BarsLoading />}
            isEmpty={({ results }) => results.length === 0}
          >
            {(data) => (
              <Bars
                rows={eventBars(data)}
                unit="events"
                pickText={({ value }) => `Show the properties of ${value}`}
                onPick={({ value }) => choose(value)}
              />
            )}
          </Answer>
        </div>
        <ListFoot dimension={NAME} />
      </div>
      <div className="flex min-w-0 flex-col border-t border-line lg:border-t-0">
        {named === null ? (
          <FirstWithProperties report={report.data} />
        ) : (
          <Properties key={named} event={named} />
        )}
      </div>
    </div>
  );
}

function eventBars(report: Report): Bar[] {
  return report.results.map(({ dimensions, metrics }) => ({
    value: dimensions[0] ?? "",
    count: numberOf(metrics[0]) ?? 0,
  }));
}

/** Until one is chosen: the most frequent that has properties, as a sample shows. */
function FirstWithProperties({ report }: { report: Report | undefined }) {
  const sample = useSample(NO_PAGEVIEWS, 100);
  const names = report?.results.map(({ dimensions }) => dimensions[0] ?? "") ?? [];
  const samples = sample.data?.events ?? [];
  const of = (event: string | undefined) => samples.filter(({ name }) => name === event);
  const first = names.find((name) => keysOf(of(name)).length > 0) ?? names[0];
  if (report === undefined || (sample.data === undefined && sample.error === null)) {
    return <PropertiesLoading />;
  }
  return first === undefined ? (
    <PanelNote>No properties without events.</PanelNote>
  ) : (
    <PropertyLists key={first} event={first} keys={keysOf(of(first))} />
  );
}

function PropertiesLoading() {
  return (
    <div className={`px-3 pt-9 ${LIST_HEIGHT}`}>
      <BarsLoading />
    </div>
  );
}

function Properties({ event }: { event: string }) {
  const sample = useSample([["is", NAME, [event]]]);
  return (
    <Answer query={sample} loading={<PropertiesLoading />}>
      {(data) => <PropertyLists event={event} keys={keysOf(data.events)} />}
    </Answer>
  );
}

/** The keys to choose from, and the values of the chosen one. */
function PropertyLists({ event, keys }: { event: string; keys: readonly string[] }) {
  const [named, choose] = useParam("property", null);
  const key = keys.find((each) => each === named) ?? keys[0];
  if (key === undefined) return <PanelNote>The events “{event}” have no properties.</PanelNote>;
  return (
    <>
      <div
        role="group"
        aria-label="Property"
        className="flex flex-wrap items-center gap-x-2 gap-y-1 px-4 pt-2.5 sm:px-5"
      >
        <span className="mr-1 text-xs text-muted">
          Properties of <span className="font-medium text-ink">{event}</span>
        </span>
        {keys.slice(0, 12).map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === key}
            className="max-w-40 truncate rounded-md px-2 py-0.5 text-[0.8125rem] text-muted hover:bg-ground hover:text-ink aria-pressed:bg-race-soft aria-pressed:font-semibold aria-pressed:text-ink"
            onClick={() => choose(each)}
          >
            {each}
          </button>
        ))}
      </div>
      <Values key={key} event={event} property={key} />
    </>
  );
}

function Values({ event, property }: { event: string; property: string }) {
  const [view, setView] = useView();
  const dimension = `${PROPERTY}${property}`;
  const report = useReport({
    metrics: ["events"],
    dimensions: [dimension],
    filters: [["is", NAME, [event]]],
    limit: ROWS,
    compare: false,
  });
  return (
    <>
      <div className="flex flex-1 flex-col px-2 pt-1 sm:px-3">
        <ListHead left={property} right={["Events"]} />
        <Answer
          query={report}
          loading={<BarsLoading />}
          isEmpty={({ results }) => results.length === 0}
        >
          {({ results }) => (
            <Bars
              unit="events"
              rows={results.map(({ dimensions, metrics }) => ({
                value: dimensions[0] ?? "",
                count: numberOf(metrics[0]) ?? 0,
              }))}
              onPick={({ value }) => setView({ filters: picked(view.filters, dimension, [value]) })}
            />
          )}
        </Answer>
      </div>
      <ListFoot dimension={dimension} />
    </>
  );
}
