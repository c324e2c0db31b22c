// Reports of the open site in the open view: period, comparison, filters and segment come from the
// URL, the rest from whoever asks.

import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { askedComparison } from "../view/comparison";
import { asked } from "../view/filters";
import { dateRange, isPast } from "../view/period";
import { useView } from "../view/use-view";
import type { View } from "../view/view";
import { ask, failureOf } from "./client";
import { useSite } from "./site";
import type { Cell, Filter, Report, Site } from "./types";

export interface Question {
  metrics: string[];
  dimensions?: string[];
  /** Further filters, beside the view's. */
  filters?: Filter[];
  /** A dimension that the view's filters do not hold for. */
  unfiltered?: string;
  orderBy?: [string, "asc" | "desc"][];
  limit?: number;
  offset?: number;
  timeLabels?: boolean;
  totalRows?: boolean;
  /** Whether to ask for the other period, too; the view says which. */
  compare?: boolean;
}

/** The body of `POST /api/v2/query`. */
export function queryBody(site: Site, view: View, question: Question) {
  const comparison = question.compare === false ? undefined : askedComparison(view, site.timezone);
  return {
    site_id: site.id,
    metrics: question.metrics,
    dimensions: question.dimensions ?? [],
    ...viewBody(site, without(view, question.unfiltered), question.filters),
    ...(question.orderBy === undefined ? {} : { order_by: question.orderBy }),
    include: {
      ...(question.timeLabels ? { time_labels: true } : {}),
      ...(question.totalRows ? { total_rows: true } : {}),
      ...(comparison === undefined ? {} : { comparisons: comparison }),
    },
    ...(question.limit === undefined
      ? {}
      : { pagination: { limit: question.limit, offset: question.offset ?? 0 } }),
  };
}

function without(view: View, dimension: string | undefined): View {
  if (dimension === undefined) return view;
  return { ...view, filters: view.filters.filter((filter) => filter.dimension !== dimension) };
}

/** `date_range` and `filters` of the view, as every report of the API takes them. */
export function viewBody(site: Site, view: View, further: Filter[] = []) {
  return {
    date_range: dateRange(view.period, site.timezone),
    filters: [...asked(view.filters, view.segment), ...further],
  };
}

/** How often what includes now is asked again. */
export function freshEvery(view: View, zone: string): number | false {
  if ("named" in view.period && view.period.named === "realtime") return 5_000;
  return isPast(view.period, zone) ? false : 15_000;
}

/** Any report by POST that recovers by itself once the server is back. */
export function reportOptions<T>(
  site: string,
  path: string,
  body: object,
  everyMs: number | false,
) {
  return queryOptions({
    queryKey: [site, path, body],
    queryFn: ({ signal }) => ask<T>(site, path, { body, signal }),
    placeholderData: keepPreviousData,
    retry: false,
    networkMode: "always", // a server on this machine needs no connection to the internet
    refetchInterval: (query) => {
      const failure = failureOf(query.state.error);
      if (failure === null) return everyMs;
      return failure === "away" ? 2_000 : false;
    },
  });
}

/** A question of the query API about the open site and view. */
export function useReport(question: Question) {
  const site = useSite();
  const [view] = useView();
  const body = queryBody(site, view, question);
  return useQuery(
    reportOptions<Report>(site.id, "/api/v2/query", body, freshEvery(view, site.timezone)),
  );
}

/** Any other report of the open site and view, such as a funnel: `body` joins the view's. */
export function useOwnReport<T>(path: string, body: object, enabled = true) {
  const site = useSite();
  const [view] = useView();
  const whole = useMemo(
    () => ({ site_id: site.id, ...viewBody(site, view), ...body }),
    [site, view, body],
  );
  return useQuery({
    ...reportOptions<T>(site.id, path, whole, freshEvery(view, site.timezone)),
    enabled,
  });
}

/** The number of a metric, an amount's value too; null where there is none. */
export function numberOf(cell: Cell | undefined): number | null {
  if (cell === null || cell === undefined) return null;
  return typeof cell === "number" ? cell : cell.value;
}
