// Events by name; beside them the properties of the chosen one, key by key.

import { numberOf, useReport } from "../../api/report";
import { type Sample, useSample, useSamples } from "../../api/sample";
import type { ReportRow } from "../../api/types";
import { Answer } from "../../parts/answer";
import { Bars, BarsLoading } from "../../parts/bars";
import { PanelNote } from "../../parts/panel";
import { PROPERTY } from "../../view/filters";
import { keysOf } from "../../view/property-keys";
import { useParam, useView } from "../../view/use-view";
import { nothingText } from "../../view/view";
import { ROWS } from "./breakdown";
import { LIST_HEIGHT, ListFoot, ListHead } from "./list-panel";
import { picked } from "./rows";

const NAME = "event:name";

/** How many events of a name are asked which properties they have. */
const SAMPLED = 50;

/** Names that every site has, and that say little by their properties. */
const USUAL = new Set(["pageview", "engagement"]);

/** The events whose properties may be shown until one is chosen: a site's own, the most frequent first. */
export function candidatesOf(names: readonly string[], chosen: string | null): string[] {
  // One that is known not to be there is not shown.
  const whole = names.length > 0 && names.length < ROWS;
  if (chosen !== null && (!whole || names.includes(chosen))) return [chosen];
  const own = names.filter((name) => !USUAL.has(name));
  return own.length === 0 ? names.slice(0, 1) : own.slice(0, 4);
}

/** The first that has properties. Each has a sample of its own: what arrives of others changes nothing. */
export function firstWithProperties(
  candidates: readonly string[],
  samples: readonly (readonly Sample[] | undefined)[],
): string | undefined {
  const first = candidates.find((_, index) => {
    const events = samples[index];
    return events === undefined || keysOf(events).length > 0;
  });
  return first ?? candidates[0];
}

export function Events() {
  const [view, setView] = useView();
  const [named, choose] = useParam("event", null);
  const report = useReport({
    metrics: ["events"],
    dimensions: [NAME],
    limit: ROWS,
    compare: false,
  });
  const candidates = candidatesOf(report.data?.results.map(nameOf) ?? [], named);
  const shown = firstWithProperties(candidates, useSamples(candidates, SAMPLED));
  return (
    <div className="grid min-w-0 flex-1 lg:grid-cols-2 lg:divide-x lg:divide-line">
      <div className="flex min-w-0 flex-col">
        <div className={`flex flex-1 flex-col px-2 pt-2 sm:px-3 ${LIST_HEIGHT}`}>
          <ListHead left="Event" right={["Events"]} />
          <Answer
            query={report}
            loading={<BarsLoading />}
            isEmpty={({ results }) => results.length === 0}
            empty={nothingText(view)}
          >
            {(data) => (
              <Bars
                rows={data.results.map((row) => ({
                  value: nameOf(row),
                  count: numberOf(row.metrics[0]) ?? 0,
                  aside: <ShowProperties event={nameOf(row)} shown={shown} onShow={choose} />,
                }))}
                unit="events"
                onPick={({ value }) => setView({ filters: picked(view.filters, NAME, [value]) })}
              />
            )}
          </Answer>
        </div>
        <ListFoot dimension={NAME} />
      </div>
      <div className="flex min-w-0 flex-col border-t border-line lg:border-t-0">
        {shown !== undefined ? (
          <Properties key={shown} event={shown} />
        ) : report.data === undefined ? (
          <PropertiesLoading />
        ) : (
          <PanelNote>No properties without events.</PanelNote>
        )}
      </div>
    </div>
  );
}

function ShowProperties({
  event,
  shown,
  onShow,
}: {
  event: string;
  shown: string | undefined;
  onShow: (event: string) => void;
}) {
  return (
    <button
      type="button"
      aria-label={`Properties of ${event}`}
      aria-pressed={event === shown}
      className="relative shrink-0 rounded px-1.5 py-0.5 text-xs text-muted hover:bg-panel hover:text-ink aria-pressed:bg-panel aria-pressed:font-semibold aria-pressed:text-ink"
      onClick={() => onShow(event)}
    >
      Properties
    </button>
  );
}

const nameOf = ({ dimensions }: ReportRow): string => dimensions[0] ?? "";

function PropertiesLoading() {
  return (
    <div className={`px-3 pt-9 ${LIST_HEIGHT}`}>
      <BarsLoading />
    </div>
  );
}

function Properties({ event }: { event: string }) {
  const sample = useSample([["is", NAME, [event]]], SAMPLED);
  return (
    <Answer query={sample} loading={<PropertiesLoading />}>
      {({ events }) => (
        <PropertyLists event={event} keys={keysOf(events)} whole={events.length < SAMPLED} />
      )}
    </Answer>
  );
}

/** The keys to choose from, and the values of the chosen one. */
function PropertyLists({
  event,
  keys,
  whole,
}: {
  event: string;
  keys: readonly string[];
  /** Whether the keys are those of all such events, not of the newest alone. */
  whole: boolean;
}) {
  const [named, choose] = useParam("property", null);
  const key = keys.find((each) => each === named) ?? keys[0];
  if (key === undefined) {
    return (
      <PanelNote>
        {whole
          ? `The events “${event}” have no properties.`
          : `No properties among the newest events “${event}”.`}
      </PanelNote>
    );
  }
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
          empty={nothingText(view)}
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
