import { useQuery } from "@tanstack/react-query";
import { ask } from "../../api/client";
import type { LiveFigures, LiveState } from "../../api/live";
import { useSite } from "../../api/site";
import { useLiveFigures } from "../../shell/live-roof";
import { useView } from "../../view/use-view";
import { ASK_MS } from "./use-stream";

/**
 * The live figures: the stream's, or, while there is none, those that the server tells when asked.
 * It tells them without filters only.
 */
export function useFigures(): { figures: LiveFigures | null; state: LiveState; asked: boolean } {
  const { id } = useSite();
  const [view] = useView();
  const { figures, state } = useLiveFigures();
  const filtered = view.filters.length > 0 || view.segment !== null;
  const enabled = state !== "live" && !filtered;
  const instead = useQuery({
    queryKey: [id, "live", "figures"],
    queryFn: async ({ signal }): Promise<LiveFigures> => {
      const query = new URLSearchParams({ site_id: id });
      const [told, series] = await Promise.all([
        ask<Omit<LiveFigures, "buckets">>(id, `/api/v1/live/figures?${query}`, { signal }),
        ask<Pick<LiveFigures, "buckets">>(id, `/metrics/realtime?${query}`, { signal }),
      ]);
      return { ...told, buckets: series.buckets };
    },
    enabled,
    retry: false,
    networkMode: "always",
    refetchInterval: ASK_MS,
    gcTime: 0,
  });
  if (enabled && instead.data !== undefined) return { figures: instead.data, state, asked: true };
  return { figures, state, asked: false };
}
