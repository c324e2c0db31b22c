// Notes on instants of a site, which the chart marks.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ask } from "../../api/client";
import { useSite } from "../../api/site";

export interface Annotation {
  id: number;
  /** RFC 3339 */
  at: string;
  text: string;
}

export function useAnnotations() {
  const { id } = useSite();
  return useQuery({
    queryKey: [id, "annotations"],
    queryFn: ({ signal }) => ask<{ annotations: Annotation[] }>(id, pathOf(id), { signal }),
    staleTime: 60_000,
  });
}

/** To write a note, and to take one off. */
export function useAnnotate() {
  const { id } = useSite();
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: [id, "annotations"] });
  const add = useMutation({
    mutationFn: (body: { at: string; text: string }) => ask(id, pathOf(id), { body }),
    onSuccess,
  });
  const remove = useMutation({
    mutationFn: (annotation: number) =>
      ask(id, `${pathOf(id)}/${annotation}`, { method: "DELETE" }),
    onSuccess,
  });
  return { add, remove };
}

const pathOf = (site: string) => `/api/v1/sites/${encodeURIComponent(site)}/annotations`;
