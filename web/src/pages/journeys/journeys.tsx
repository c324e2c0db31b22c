// Where sessions go, or come from: from a page or an event, or from the session's own start or end.

import { useOwnReport, viewBody } from "../../api/report";
import { useSite } from "../../api/site";
import type { Schemas } from "../../api/types";
import { Answer } from "../../parts/answer";
import { Choice } from "../../parts/choice";
import { PageHead } from "../../parts/page-head";
import { PanelNote } from "../../parts/panel";
import { SaveCsv } from "../../parts/save-csv";
import { Skeleton } from "../../parts/skeleton";
import { withValue, writeFilter } from "../../view/filters";
import { useParam, useSetParams, useView } from "../../view/use-view";
import { OneCondition } from "../retention/one-condition";
import { anchorText, END, journeyBody, readWanted, STEPS, type Wanted } from "./asked";
import { fewer, waysOf } from "./flow";
import { Picture } from "./picture";
import { WaysTable } from "./ways-table";

const PATH = "/api/v1/journeys/query";
/** Named stations in a column. */
const MOST = 8;

export default function Journeys() {
  const site = useSite();
  const [view] = useView();
  const [from] = useParam("after", null);
  const [to] = useParam("before", null);
  const [of, setOf] = useParam<string>("of", "pages");
  const [steps, setSteps] = useParam<string>("steps", "4");
  const setParams = useSetParams();
  const wanted = readWanted(from, to, of, steps);
  const body = journeyBody(wanted);
  const report = useOwnReport<Schemas["JourneyReport"]>(PATH, body);
  const { back } = wanted;
  const put = (anchor: string | null, before: boolean) =>
    setParams({
      after: before ? null : anchor,
      before: before ? (anchor ?? END) : null,
    });
  return (
    <>
      <PageHead
        title="Journeys"
        text="Which ways sessions take from one page or event to the next, and where they end."
      >
        <SaveCsv
          path={PATH}
          name="journeys"
          body={{ site_id: site.id, ...viewBody(site, view), ...body }}
        />
      </PageHead>
      <div className="flex flex-col gap-4">
        <section
          aria-label="The journeys"
          className="flex min-w-0 flex-col rounded-lg border border-line bg-panel"
        >
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:px-5">
            <Choice
              label="Direction"
              options={[
                { value: "after", text: "What comes after" },
                { value: "before", text: "What lies before" },
              ]}
              value={back ? "before" : "after"}
              onChange={(next) => put(back ? (to === END ? null : to) : from, next === "before")}
            />
            <OneCondition
              label={back ? "Before" : "After"}
              none={back ? "the session’s end" : "the session’s start"}
              value={back ? (to === END ? null : to) : from}
              onChange={(next) => put(next, back)}
            />
            <div className="ml-auto flex flex-wrap gap-2">
              <Choice
                label="Stations"
                options={[
                  { value: "pages", text: "Pages" },
                  { value: "events", text: "Pages and events" },
                ]}
                value={wanted.of}
                onChange={(next) => setOf(next)}
              />
              <Choice
                label="Steps"
                options={STEPS.map((value) => ({ value, text: value, spoken: `${value} steps` }))}
                value={STEPS.find((value) => Number(value) === wanted.steps) ?? "4"}
                onChange={(next) => setSteps(next)}
              />
            </div>
          </div>
          <Answer
            query={report}
            loading={<PictureLoading />}
            isEmpty={(data) => data.start.sessions === 0}
            empty="No session of this period has been there. Choose another place to look from, or a longer period."
          >
            {(data) => <Flow start={data.start} wanted={wanted} put={put} />}
          </Answer>
          {report.data?.approximate === true && (
            <PanelNote>
              There are more ways than are told apart: some sessions are among the others that
              belong to a station.
            </PanelNote>
          )}
        </section>
        {report.data !== undefined && report.data.start.sessions > 0 && (
          <WaysTable
            ways={waysOf(report.data.start, wanted.steps)}
            back={back}
            anchor={anchorText(wanted)}
          />
        )}
      </div>
    </>
  );
}

function Flow({
  start,
  wanted,
  put,
}: {
  start: Schemas["Station"];
  wanted: Wanted;
  put: (anchor: string | null, before: boolean) => void;
}) {
  const [view, setView] = useView();
  // A path begins with a slash; among pages there is nothing else.
  const dimension = (name: string) =>
    wanted.of === "pages" || name.startsWith("/") ? "event:page" : "event:name";
  const filter = (name: string) =>
    writeFilter({ operator: "is", dimension: dimension(name), values: [name] });
  return (
    <Picture
      ways={fewer(waysOf(start, wanted.steps), MOST)}
      back={wanted.back}
      anchor={anchorText(wanted)}
      actions={{
        from: (name) => put(filter(name), false),
        to: (name) => put(filter(name), true),
        filter: (name) => setView({ filters: withValue(view.filters, dimension(name), name) }),
      }}
    />
  );
}

function PictureLoading() {
  return (
    <div className="flex h-[29.75rem] gap-8 px-5 pb-4">
      {Array.from({ length: 5 }, (_, index) => (
        <Skeleton key={index} className="h-full flex-1" />
      ))}
    </div>
  );
}
