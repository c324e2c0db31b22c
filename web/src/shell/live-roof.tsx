// One live stream for all of a page's parts: the current visitors in the head, and figures that
// follow events as they arrive.

import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useRef } from "react";
import type { LiveFigures, LiveState } from "../api/live";
import { useSite } from "../api/site";
import { useLive } from "../api/use-live";
import { asked } from "../view/filters";
import { useView } from "../view/use-view";
import { isPast } from "../view/period";

interface Live {
  figures: LiveFigures | null;
  state: LiveState;
}

const LiveContext = createContext<Live>({ figures: null, state: "connecting" });

/** The live figures of the open site, with the view's filters. */
export const useLiveFigures = (): Live => useContext(LiveContext);

/** Reports are asked again this long after the last time, once events have arrived. */
const AGAIN_MS = 2_000;

export function LiveRoof({ children }: { children: ReactNode }) {
  const { id, timezone } = useSite();
  const [view] = useView();
  const queries = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const past = isPast(view.period, timezone);

  // An event changes what the reports of now say: they are asked again, at most every two seconds.
  const live = useLive(id, asked(view.filters, view.segment), () => {
    if (past || timer.current !== undefined || document.hidden) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      void queries.invalidateQueries({
        predicate: ({ queryKey }) =>
          queryKey[0] === id && String(queryKey[1]).startsWith("/api/") && queryKey[3] !== "still",
      });
    }, AGAIN_MS);
  });
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [id],
  );
  return <LiveContext value={live}>{children}</LiveContext>;
}
