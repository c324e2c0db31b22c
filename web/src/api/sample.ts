// A few of the newest events of the open site and view: enough to see which properties they have.
// It is asked once a view, not with each event that arrives.

import { useQuery } from "@tanstack/react-query";
import { useView } from "../view/use-view";
import { reportOptions, viewBody } from "./report";
import { useSite } from "./site";
import type { Filter } from "./types";

export interface Sample {
  name?: string;
  properties?: Record<string, unknown> | null;
}

export function useSample(further: Filter[] = [], limit = 50) {
  const site = useSite();
  const [view] = useView();
  const body = {
    site_id: site.id,
    ...viewBody(site, view, further),
    pagination: { limit, offset: 0 },
  };
  const options = reportOptions<{ events: Sample[] }>(site.id, "/api/v1/events/query", body, false);
  return useQuery({
    ...options,
    queryKey: [...options.queryKey, "still"],
    staleTime: 60_000,
  });
}
