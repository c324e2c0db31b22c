// The reports behind the figures and the chart. They are asked side by side; where the server
// finds the compared period, its buckets wait for the totals, which say what it is.

import { useQuery } from "@tanstack/react-query";
import { queryBody, type Question, reportOptions, useReport } from "../../api/report";
import { useSite } from "../../api/site";
import type { Report } from "../../api/types";
import type { Interval } from "../../view/period";
import { earlierDays } from "../../view/comparison";
import { useView } from "../../view/use-view";
import { FIGURES, widthOf } from "./figures";

const TOTALS: Question = { metrics: [...FIGURES] };

/** The figures of the whole period; panels measure their shares by them. */
export function useTotals() {
  return useReport(TOTALS);
}

export function bucketsQuestion(interval: Interval): Question {
  return {
    metrics: [...FIGURES],
    dimensions: [`time:${interval}`],
    timeLabels: true,
    compare: false,
  };
}

export function useFigures() {
  const site = useSite();
  const [view] = useView();
  const interval = widthOf(view, site);
  const totals = useTotals();
  const buckets = useReport(bucketsQuestion(interval));

  // The line of days that are over is drawn whole, though the figures are of its beginning alone.
  const days = earlierDays(view, site.timezone);
  const said = totals.isPlaceholderData ? undefined : totals.data?.meta.comparison_date_range;
  const range = days === null ? said : ([days.from, days.to] as const);
  // What is compared with lies before: events that arrive change nothing of it.
  const options = reportOptions<Report>(
    site.id,
    "/api/v2/query",
    { ...queryBody(site, view, bucketsQuestion(interval)), date_range: range ?? null },
    false,
  );
  const before = useQuery({
    ...options,
    queryKey: [...options.queryKey, "still"],
    enabled: range !== undefined,
    staleTime: 60_000,
  });
  return {
    interval,
    totals,
    buckets,
    before: range === undefined || before.isPlaceholderData ? undefined : before.data,
  };
}
