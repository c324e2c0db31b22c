// The reports behind the figures and the chart. They are asked side by side; where the server
// finds the compared period, its buckets wait for the totals, which say what it is.

import { useQuery } from "@tanstack/react-query";
import { queryBody, type Question, reportOptions, useReport } from "../../api/report";
import { useSite } from "../../api/site";
import type { Report } from "../../api/types";
import type { Interval } from "../../view/period";
import { earlierDays } from "../../view/comparison";
import { useView } from "../../view/use-view";
import { bucketMetrics, type Figure, figuresOf, widthOf } from "./figures";

/** The figures of the whole period; panels measure their shares by them. */
export function useTotals() {
  const [view] = useView();
  return useReport({ metrics: [...figuresOf(view)] });
}

export function bucketsQuestion(interval: Interval, figures: readonly Figure[]): Question {
  return {
    metrics: bucketMetrics(figures),
    dimensions: [`time:${interval}`],
    timeLabels: true,
    compare: false,
  };
}

export function useFigures() {
  const site = useSite();
  const [view] = useView();
  const interval = widthOf(view, site);
  const figures = figuresOf(view);
  const question = bucketsQuestion(interval, figures);
  const totals = useTotals();
  const buckets = useReport(question);

  // The line of days that are over is drawn whole, though the figures are of its beginning alone.
  const days = earlierDays(view, site.timezone);
  const said = totals.isPlaceholderData ? undefined : totals.data?.meta.comparison_date_range;
  const range = days === null ? said : ([days.from, days.to] as const);
  // What is compared with lies before: events that arrive change nothing of it.
  const options = reportOptions<Report>(
    site.id,
    "/api/v2/query",
    { ...queryBody(site, view, question), date_range: range ?? null },
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
    figures,
    totals,
    buckets,
    before: range === undefined || before.isPlaceholderData ? undefined : before.data,
  };
}
