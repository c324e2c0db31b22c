// The site whose pages are open: asked once, and known to every part below.

import { queryOptions, useQuery } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { ask } from "./client";
import type { Schemas, Site } from "./types";

export const siteOptions = (id: string) =>
  queryOptions({
    queryKey: [id, "site"],
    queryFn: ({ signal }) => ask<Site>(id, `/api/v1/sites/${encodeURIComponent(id)}`, { signal }),
    staleTime: 60_000,
  });

export const SiteContext = createContext<Site | null>(null);

/** The site of the page. Only below the shell, which waits until it is known. */
export function useSite(): Site {
  const site = useContext(SiteContext);
  if (site === null) throw new Error("useSite is used outside the pages of a site");
  return site;
}

export function useGoals() {
  const { id } = useSite();
  return useQuery({
    queryKey: [id, "goals"],
    queryFn: ({ signal }) =>
      ask<Schemas["GoalList"]>(id, `/api/v1/sites/${encodeURIComponent(id)}/goals`, { signal }),
    staleTime: 60_000,
  });
}

export function useSegments() {
  const { id } = useSite();
  return useQuery({
    queryKey: [id, "segments"],
    queryFn: ({ signal }) =>
      ask<Schemas["SegmentList"]>(id, `/api/v1/sites/${encodeURIComponent(id)}/segments`, {
        signal,
      }),
    staleTime: 60_000,
  });
}
