// Conversions: every goal of the site, those that nobody reached too.

import { numberOf, useReport } from "../../api/report";
import { useGoals, useSite } from "../../api/site";
import type { Goal, Report } from "../../api/types";
import { formatCount, formatShort } from "../../format";
import { Answer } from "../../parts/answer";
import { BarsLoading } from "../../parts/bars";
import { metricText, metricShort } from "../../view/metrics";
import { useView } from "../../view/use-view";
import { LIST_HEIGHT, ListFoot } from "./list-panel";
import { picked } from "./rows";

const GOAL = "event:goal";

export function Goals() {
  const { access } = useSite();
  const goals = useGoals();
  return (
    <>
      <div className={`flex flex-1 flex-col px-2 pt-2 sm:px-3 ${LIST_HEIGHT}`}>
        <Answer
          query={goals}
          loading={<BarsLoading />}
          isEmpty={(data) => data.goals.length === 0}
          empty={<HowToAdd admin={access === "admin"} />}
        >
          {(data) => <Reached goals={data.goals} />}
        </Answer>
      </div>
      {goals.data !== undefined && goals.data.goals.length > 0 && <ListFoot dimension={GOAL} />}
    </>
  );
}

function HowToAdd({ admin }: { admin: boolean }) {
  const { id } = useSite();
  return (
    <>
      This site has no goals yet. A goal is what visitors are meant to do, such as to sign up
      {admin
        ? "; add one in the settings, or with"
        : ". Whoever runs the server adds one with"}{" "}
      <code className="font-mono text-[0.9em] text-ink">
        millrace goal add --site {id} Sign-up --event signup
      </code>
    </>
  );
}

const METRICS = ["visitors", "events", "conversion_rate"];

export interface GoalRow {
  name: string;
  visitors: number;
  events: number;
  /** In percent; null where nobody was there to convert. */
  rate: number | null;
}

/** A row for each goal, the most reached first. */
export function goalRows(goals: readonly Goal[], report: Report): GoalRow[] {
  const known = new Map(report.results.map((row) => [row.dimensions[0], row.metrics]));
  return goals
    .map(({ name }) => {
      const [visitors, events, rate] = known.get(name) ?? [];
      return {
        name,
        visitors: numberOf(visitors) ?? 0,
        events: numberOf(events) ?? 0,
        rate: known.has(name) ? numberOf(rate) : 0,
      };
    })
    .toSorted((a, b) => b.visitors - a.visitors || a.name.localeCompare(b.name));
}

function Reached({ goals }: { goals: readonly Goal[] }) {
  const [view, setView] = useView();
  // Those of the others, too, while one of them is filtered by.
  const report = useReport({
    metrics: METRICS,
    dimensions: [GOAL],
    unfiltered: GOAL,
    compare: false,
  });
  const chosen = new Set(
    view.filters.flatMap(({ dimension, operator, values }) =>
      dimension === GOAL && operator === "is" ? values : [],
    ),
  );
  const cells = "w-20 shrink-0 text-right tabular-nums";
  return (
    <Answer query={report} loading={<BarsLoading />}>
      {(data) => {
        const rows = goalRows(goals, data);
        const largest = Math.max(1, ...rows.map(({ visitors }) => visitors));
        return (
          <table className="w-full text-sm">
            <thead>
              <tr className="h-7 text-xs text-muted">
                <th scope="col" className="px-2 text-left font-normal">
                  Goal
                </th>
                <th scope="col" className="px-2 text-right font-normal">
                  Visitors
                </th>
                <th scope="col" className="px-2 text-right font-normal">
                  Events
                </th>
                <th scope="col" className="px-2 text-right font-normal">
                  Rate
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.name} className="h-8.5">
                  <th
                    scope="row"
                    aria-label={row.name}
                    className="w-full p-0 text-left font-normal"
                  >
                    <span className="relative flex h-8 items-center rounded px-2">
                      <span
                        aria-hidden="true"
                        className="absolute inset-y-0 left-0 rounded bg-race-soft"
                        style={{ width: `${(row.visitors / largest) * 100}%` }}
                      />
                      <button
                        type="button"
                        aria-pressed={chosen.has(row.name)}
                        className="group relative truncate hover:underline aria-pressed:font-semibold"
                        title={`${row.name} · Filter by ${row.name}`}
                        onClick={() => setView({ filters: picked(view.filters, GOAL, [row.name]) })}
                      >
                        <span
                          aria-hidden="true"
                          className="mr-1.5 hidden text-race group-aria-pressed:inline"
                        >
                          ✓
                        </span>
                        {row.name}
                      </button>
                    </span>
                  </th>
                  <td className={`${cells} px-2 font-medium`} title={formatCount(row.visitors)}>
                    {formatShort(row.visitors)}
                  </td>
                  <td
                    className={`${cells} px-2 text-muted`}
                    title={metricText("events", row.events)}
                  >
                    {metricShort("events", row.events)}
                  </td>
                  <td className={`${cells} px-2 font-medium`}>
                    {metricShort("conversion_rate", row.rate)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        );
      }}
    </Answer>
  );
}
