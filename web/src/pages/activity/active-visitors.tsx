import { lazy, Suspense } from "react";
import { useOwnReport } from "../../api/report";
import { useSite } from "../../api/site";
import type { Schemas } from "../../api/types";
import { formatCount, formatPercent, formatRate, formatShort } from "../../format";
import { Answer } from "../../parts/answer";
import { isPartial } from "../../parts/buckets";
import { Panel, PanelNote } from "../../parts/panel";
import { Skeleton } from "../../parts/skeleton";
import { useParam } from "../../view/use-view";

const Chart = lazy(() => import("../../parts/chart"));

type Day = Schemas["ActiveVisitors"]["days"][number];

const FIGURES = [
  { id: "daily", text: "Daily", note: "active on the day", rate: false },
  { id: "weekly", text: "Weekly", note: "in 7 days", rate: false },
  { id: "monthly", text: "Monthly", note: "in 30 days", rate: false },
  { id: "stickiness", text: "Stickiness", note: "daily in % of monthly", rate: true },
] as const;

/** How many visitors are active, day by day, and how many of a month's come on a day. */
export function ActiveVisitors() {
  const { timezone } = useSite();
  const [chosen, setChosen] = useParam<string>("active", "daily");
  const figure = FIGURES.find(({ id }) => id === chosen) ?? FIGURES[0];
  const report = useOwnReport<Schemas["ActiveVisitors"]>("/api/v1/engagement/query", {});
  const write = (value: number) =>
    figure.rate ? `${formatRate(value)}%` : `${formatCount(value)} visitors`;
  return (
    <Panel title="Active visitors" note="of each day, and of the 7 and 30 days that end with it">
      <Answer
        query={report}
        loading={
          <div className="h-[21rem] px-5">
            <Skeleton className="h-16 w-full" />
          </div>
        }
        isEmpty={(data) => data.days.length === 0}
      >
        {({ days }) => (
          <>
            <div className="grid grid-cols-2 border-y border-line sm:grid-cols-4">
              {FIGURES.map(({ id, text, note, rate }) => {
                const value = valueOf(days.at(-1), id);
                return (
                  <button
                    key={id}
                    type="button"
                    aria-pressed={id === figure.id}
                    className={`border-b-2 px-4 py-2.5 text-left -outline-offset-2 sm:px-5 ${id === figure.id ? "border-race" : "border-transparent hover:bg-ground"}`}
                    onClick={() => setChosen(id)}
                  >
                    <span className="block text-[0.8125rem] text-muted">{text}</span>
                    <span className="block text-xl font-semibold tracking-tight">
                      {value === null ? "–" : rate ? formatPercent(value) : formatShort(value)}
                    </span>
                    <span className="block text-xs text-muted">{note}</span>
                  </button>
                );
              })}
            </div>
            {days.length < 2 ? (
              <PanelNote>A period of several days draws a line here.</PanelNote>
            ) : (
              <div className="h-60 px-2 pt-2 pb-3 sm:px-3">
                <Suspense fallback={null}>
                  <Chart
                    title={`${figure.text} active visitors`}
                    line={{
                      labels: days.map(({ date }) => date),
                      interval: "day",
                      values: days.map((day) => valueOf(day, figure.id)),
                      partial: isPartial(
                        days.map(({ date }) => date),
                        "day",
                        timezone,
                      ),
                    }}
                    format={write}
                    short={(value) => (figure.rate ? `${formatRate(value)}%` : formatShort(value))}
                  />
                </Suspense>
              </div>
            )}
          </>
        )}
      </Answer>
    </Panel>
  );
}

function valueOf(day: Day | undefined, figure: (typeof FIGURES)[number]["id"]): number | null {
  return day?.[figure] ?? null;
}
