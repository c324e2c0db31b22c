// A few of the newest events of the open site and view: enough to see which properties they have.
// It is asked once a view, not with each event that arrives.

import { useQueries, useQuery } from "@tanstack/react-query";
import { useView } from "../view/use-view";
import type { View } from "../view/view";
import { reportOptions, viewBody } from "./report";
import { useSite } from "./site";
import type { Filter, Site } from "./types";

export interface Sample {
  name?: string;
  properties?: Record<string, unknown> | null;
}

function sampleOptions(site: Site, view: View, further: Filter[], limit: number) {
  const body = {
    site_id: site.id,
    ...viewBody(site, view, further),
    pagination: { limit, offset: 0 },
  };
  const options = reportOptions<{ events: Sample[] }>(site.id, "/api/v1/events/query", body, false);
  return { ...options, queryKey: [...options.queryKey, "still"], staleTime: 60_000 };
}

export function useSample(further: Filter[] = [], limit = 50) {
  const site = useSite();
  const [view] = useView();
  return useQuery(sampleOptions(site, view, further, limit));
}

/** A sample of each of these events; undefined where it is not there yet. */
export function useSamples(names: readonly string[], limit: number) {
  const site = useSite();
  const [view] = useView();
  const samples = useQueries({
    queries: names.map((name) => {
      const only: Filter[] = [["is", "event:name", [name]]];
      // What was there before would be another event's.
      const { placeholderData: _, ...options } = sampleOptions(site, view, only, limit);
      return options;
    }),
  });
  return samples.map(({ data }) => data?.events);
}
