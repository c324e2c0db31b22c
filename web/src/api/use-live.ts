import { useEffect, useEffectEvent, useState } from "react";
import { type LiveEvent, type LiveFigures, type LiveState, watchLive } from "./live";
import type { Filter } from "./types";

interface Seen {
  /** What was watched when this was seen. */
  of: string;
  figures: LiveFigures | null;
  state: LiveState;
}

/** The live figures of a site, and its events one by one through `onEvents`. */
export function useLive(
  site: string,
  filters: readonly Filter[],
  onEvents: (events: LiveEvent[]) => void,
): { figures: LiveFigures | null; state: LiveState } {
  const written = JSON.stringify(filters);
  const watched = `${site} ${written}`;
  const [seen, setSeen] = useState<Seen>({ of: watched, figures: null, state: "connecting" });
  const arrived = useEffectEvent(onEvents);
  useEffect(() => {
    const of = `${site} ${written}`;
    const change = (changed: Partial<Seen>) =>
      setSeen((before) => ({
        ...(before.of === of ? before : { figures: null, state: "connecting" }),
        ...changed,
        of,
      }));
    return watchLive(site, written, {
      figures: (figures) => change({ figures }),
      state: (state) => change({ state }),
      events: (events) => arrived(events),
    });
  }, [site, written]);
  // Figures of what was watched before are not shown as those of what is watched now.
  return seen.of === watched ? seen : { figures: null, state: "connecting" };
}
