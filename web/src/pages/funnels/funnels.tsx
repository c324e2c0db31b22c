// A funnel that the reader builds: its steps, how long it may take and by what it is broken down
// are all in the URL.

import { useQuery } from "@tanstack/react-query";
import { ask } from "../../api/client";
import { queryBody, useOwnReport, viewBody } from "../../api/report";
import { useGoals, useSite } from "../../api/site";
import type { Report, Schemas } from "../../api/types";
import { formatCount } from "../../format";
import { Answer } from "../../parts/answer";
import { PageHead } from "../../parts/page-head";
import { Panel, PanelNote } from "../../parts/panel";
import { SaveCsv } from "../../parts/save-csv";
import { Skeleton } from "../../parts/skeleton";
import { DIMENSIONS } from "../../view/filters";
import { useParam, useSetParams, useView } from "../../view/use-view";
import { Builder } from "./builder";
import { Drawing, percentText, Points } from "./drawing";
import { Groups } from "./groups";
import { PeopleDialog } from "./people";
import { Pick } from "./pick";
import {
  askedStep,
  firstSteps,
  isWhole,
  LEAST_STEPS,
  readPeople,
  readSteps,
  type Step,
  stepText,
  WINDOWS,
  writeSteps,
} from "./steps";
import { useComparedRange } from "./use-compared-range";

type FunnelReport = Schemas["FunnelReport"];
const PATH = "/api/v1/funnels/query";

export default function Funnels() {
  const site = useSite();
  const [view] = useView();
  const [written] = useParam("steps", null);
  const setParams = useSetParams();
  const [within] = useParam<string>("window", "7d");
  const [order] = useParam<string>("order", "loose");
  const [by] = useParam("by", null);
  const [peopleParam] = useParam("people", null);

  const own = readSteps(written);
  const first = useFirstSteps(own === null);
  const steps = own ?? first ?? [];
  const whole = steps.filter(isWhole);
  const body = {
    steps: whole.map(askedStep),
    window: WINDOWS.some(({ id }) => id === within) ? within : "7d",
    order: order === "strict" ? "strict" : "loose",
  };
  const broken = by === null ? body : { ...body, breakdown: { dimension: by, limit: 12 } };
  const asks = whole.length >= LEAST_STEPS;
  const report = useOwnReport<FunnelReport>(PATH, broken, asks);
  const range = useComparedRange();
  const compared = range === null ? body : { ...body, date_range: range };
  const before = useOwnReport<FunnelReport>(PATH, compared, asks && range !== null);
  const beforeSteps = range === null ? null : (before.data?.steps ?? null);
  const people = readPeople(peopleParam, whole.length);
  const change = (next: Step[]) => setParams({ steps: writeSteps(next), people: null });

  return (
    <>
      <PageHead
        title="Funnels"
        text="How many visitors take the steps one after the other, where they stop, and how long they need."
      >
        <SaveCsv
          path={PATH}
          name="funnel"
          body={{ site_id: site.id, ...viewBody(site, view), ...broken }}
        />
      </PageHead>
      <div className="grid items-start gap-4 lg:grid-cols-[19rem_minmax(0,1fr)]">
        <Panel title="Steps" className="max-lg:order-2">
          {own === null && first === null ? (
            <BuilderLoading />
          ) : (
            <Builder steps={atLeastTwo(steps)} onChange={change} />
          )}
        </Panel>
        <section
          aria-label="The funnel"
          className="flex min-w-0 flex-col rounded-lg border border-line bg-panel"
        >
          <header className="flex flex-wrap items-end justify-between gap-3 px-4 py-3.5 sm:px-5">
            <Headline report={report.data} before={beforeSteps} />
            <div className="flex flex-wrap gap-2 text-sm">
              <Pick
                label="Order"
                value={order}
                options={[
                  { id: "loose", text: "others may lie between" },
                  { id: "strict", text: "directly one after the other" },
                ]}
                onChange={(value) => setParams({ order: value === "loose" ? null : value })}
              />
              <Pick
                label="Within"
                value={within}
                options={WINDOWS}
                onChange={(value) => setParams({ window: value === "7d" ? null : value })}
              />
              <Pick
                label="By"
                value={by ?? ""}
                options={[
                  { id: "", text: "nothing" },
                  ...DIMENSIONS.filter(({ id }) => id !== "event:goal"),
                ]}
                onChange={(value) => setParams({ by: value === "" ? null : value })}
              />
            </div>
          </header>
          {own === null && first === null ? (
            <DrawingLoading />
          ) : !asks ? (
            <PanelNote>
              A funnel has two steps or more: choose a page, an event or a goal for each of them.
            </PanelNote>
          ) : (
            <Answer
              query={report}
              loading={<DrawingLoading />}
              isEmpty={(data) => (data.steps[0]?.visitors ?? 0) === 0}
              empty="Nobody took the first step in this period. Choose another first step, or a longer period."
            >
              {(data) => (
                <>
                  <Drawing steps={data.steps} before={beforeSteps} />
                  {by !== null && <Groups report={data} dimension={by} />}
                  {data.approximate && (
                    <PanelNote>
                      Some visitors have more events than are looked at: the figures are close, not
                      exact.
                    </PanelNote>
                  )}
                </>
              )}
            </Answer>
          )}
        </section>
      </div>
      {people !== null && asks && (
        <PeopleDialog
          people={people}
          body={body}
          names={whole.map(stepText)}
          onClose={() => setParams({ people: null }, { replace: true })}
        />
      )}
    </>
  );
}

/** A funnel has two steps; one that the URL has alone gets an empty one beside it. */
function atLeastTwo(steps: readonly Step[]): Step[] {
  const empty: Step = { filters: [{ operator: "is", dimension: "event:page", values: [""] }] };
  const missing = Math.max(0, LEAST_STEPS - steps.length);
  return [...steps, ...Array.from({ length: missing }, () => empty)];
}

/** What to begin with where the URL names no steps; null until it is known. */
function useFirstSteps(wanted: boolean): Step[] | null {
  const site = useSite();
  const [view] = useView();
  const goals = useGoals();
  const top = (dimension: string) => ({
    queryKey: [site.id, "top", dimension, view.period],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      ask<Report>(site.id, "/api/v2/query", {
        body: {
          ...queryBody(
            site,
            { ...view, filters: [], segment: null },
            {
              metrics: ["visitors"],
              dimensions: [dimension],
              limit: 30,
              compare: false,
            },
          ),
        },
        signal,
      }),
    enabled: wanted,
    staleTime: Infinity, // a funnel must not change by itself while it is looked at
    retry: false,
  });
  const pages = useQuery(top("event:page"));
  const events = useQuery(top("event:name"));
  if (pages.isError || events.isError) return [];
  if (pages.data === undefined || events.data === undefined || goals.isPending) return null;
  return firstSteps(valuesOf(pages.data), valuesOf(events.data), goals.data?.goals ?? []);
}

const valuesOf = (report: Report) =>
  report.results.flatMap(({ dimensions }) => dimensions[0] ?? []);

function Headline({
  report,
  before,
}: {
  report: FunnelReport | undefined;
  before: FunnelReport["steps"] | null;
}) {
  const rate = report?.conversion_rate ?? null;
  const then = before?.at(-1)?.of_first ?? null;
  const last = report?.steps.at(-1);
  return (
    <div>
      <h3 className="text-[0.8125rem] text-muted">Conversion of the whole</h3>
      <p className="text-2xl font-semibold tracking-tight">
        {report === undefined ? (
          <Skeleton className="h-6 w-20" />
        ) : rate === null ? (
          "–"
        ) : (
          percentText(rate)
        )}
        {rate !== null && then !== null && <Points now={rate} then={then} />}
        {last !== undefined && (
          <span className="ml-2 text-[0.8125rem] font-normal tracking-normal text-muted">
            {formatCount(last.visitors)} of {formatCount(report?.steps[0]?.visitors ?? 0)} visitors
          </span>
        )}
      </p>
    </div>
  );
}

function DrawingLoading() {
  return (
    <div aria-busy="true" className="flex h-[25.5rem] items-end gap-16 px-5 pb-28">
      {["h-56", "h-40", "h-24", "h-12"].map((height) => (
        <Skeleton key={height} className={`w-20 ${height}`} />
      ))}
    </div>
  );
}

function BuilderLoading() {
  return (
    <div aria-busy="true" className="flex flex-col gap-3 px-5 pb-5">
      {[0, 1, 2, 3].map((index) => (
        <Skeleton key={index} className="h-32 w-full" />
      ))}
    </div>
  );
}
