import { useEffect, useRef, useState } from "react";
import { type LiveEvent, type LiveFigures, type LiveState, watchLive } from "./live";
import type { Filter } from "./types";

/** The live figures of a site, and its events one by one through `onEvents`. */
export function useLive(
  site: string,
  filters: readonly Filter[] = NONE,
  onEvents?: (events: LiveEvent[]) => void,
) {
  const [figures, setFigures] = useState<LiveFigures | null>(null);
  const [state, setState] = useState<LiveState>("connecting");
  const events = useRef(onEvents);
  useEffect(() => {
    events.current = onEvents;
  });
  const written = JSON.stringify(filters);
  useEffect(() => {
    setFigures(null);
    return watchLive(site, JSON.parse(written) as Filter[], {
      figures: setFigures,
      state: setState,
      events: (arrived) => events.current?.(arrived),
    });
  }, [site, written]);
  return { figures, state };
}

const NONE: readonly Filter[] = [];
