// The reports behind the figures and the chart. They are asked side by side; only the compared
// buckets wait for the totals, which say what the compared period is.

import { useQuery } from "@tanstack/react-query";
import { freshEvery, queryBody, type Question, reportOptions, useReport } from "../../api/report";
import { useSite } from "../../api/site";
import type { Report } from "../../api/types";
import type { Interval } from "../../view/period";
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

  const range = totals.isPlaceholderData ? undefined : totals.data?.meta.comparison_date_range;
  const before = useQuery({
    ...reportOptions<Report>(
      site.id,
      "/api/v2/query",
      { ...queryBody(site, view, bucketsQuestion(interval)), date_range: range ?? null },
      freshEvery(view, site.timezone),
    ),
    enabled: range !== undefined,
  });
  return {
    interval,
    totals,
    buckets,
    before: range === undefined || before.isPlaceholderData ? undefined : before.data,
  };
}
