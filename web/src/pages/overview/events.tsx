// Events by name; beside them the properties of the chosen one, key by key.

import { useMemo } from "react";
import { numberOf, useOwnReport, useReport } from "../../api/report";
import type { Report } from "../../api/types";
import { Answer } from "../../parts/answer";
import { type Bar, Bars, BarsLoading } from "../../parts/bars";
import { PanelNote } from "../../parts/panel";
import { asked, PROPERTY } from "../../view/filters";
import { keysOf, type Sample } from "../../view/property-keys";
import { useParam, useView } from "../../view/use-view";
import { ROWS } from "./breakdown";
import { LIST_HEIGHT, ListFoot, ListHead } from "./list-panel";
import { picked } from "./rows";

const NAME = "event:name";

export function Events() {
  const [named, choose] = useParam("event", null);
  const report = useReport({
    metrics: ["visitors", "events"],
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
  return report.results
    .map(({ dimensions, metrics }) => ({
      value: dimensions[0] ?? "",
      count: numberOf(metrics[1]) ?? 0,
    }))
    .toSorted((a, b) => b.count - a.count);
}

/** Until one is chosen: the most frequent that has properties, as a sample shows. */
function FirstWithProperties({ report }: { report: Report | undefined }) {
  const sample = useOwnReport<{ events: Sample[] }>("/api/v1/events/query", useSampleBody(null));
  const names = report?.results.map(({ dimensions }) => dimensions[0] ?? "") ?? [];
  const telling = new Set(
    sample.data?.events
      .filter(({ properties }) => Object.keys(properties ?? {}).length > 0)
      .map(({ name }) => name),
  );
  const first = names.find((name) => telling.has(name)) ?? names[0];
  if (report === undefined || (sample.data === undefined && sample.error === null)) {
    return (
      <div className={`px-3 pt-9 ${LIST_HEIGHT}`}>
        <BarsLoading />
      </div>
    );
  }
  return first === undefined ? (
    <PanelNote>No properties without events.</PanelNote>
  ) : (
    <Properties key={first} event={first} />
  );
}

function Properties({ event }: { event: string }) {
  const body = useSampleBody(event);
  const sample = useOwnReport<{ events: Sample[] }>("/api/v1/events/query", body);
  const [named, choose] = useParam("property", null);
  return (
    <>
      <Answer
        query={sample}
        loading={
          <div className={`px-3 pt-9 ${LIST_HEIGHT}`}>
            <BarsLoading />
          </div>
        }
        isEmpty={(data) => keysOf(data.events).length === 0}
        empty={`The events “${event}” have no properties.`}
      >
        {(data) => {
          const keys = keysOf(data.events);
          const key = keys.find((each) => each === named) ?? keys[0] ?? "";
          return (
            <>
              <div className="flex flex-wrap items-center gap-x-2 gap-y-1 px-4 pt-2.5 sm:px-5">
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
        }}
      </Answer>
    </>
  );
}

/** The view's filters and the event's name, or all but page views; `filters` of a body replace the view's. */
function useSampleBody(event: string | null) {
  const [view] = useView();
  return useMemo(
    () => ({
      filters: [
        ...asked(view.filters, view.segment),
        event === null ? ["is_not", NAME, ["pageview"]] : ["is", NAME, [event]],
      ],
      pagination: { limit: 50, offset: 0 },
    }),
    [view.filters, view.segment, event],
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
