// One live stream for all of a page's parts: the current visitors in the head, and figures that
// follow events as they arrive.

import { useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
} from "react";
import type { LiveEvent, LiveFigures, LiveState } from "../api/live";
import { useSite } from "../api/site";
import { useLive } from "../api/use-live";
import { asked } from "../view/filters";
import { useView } from "../view/use-view";
import { isPast } from "../view/period";
import { type Refresher, refresher } from "./refresher";

interface Live {
  figures: LiveFigures | null;
  state: LiveState;
}

type Listener = (events: LiveEvent[]) => void;

const LiveContext = createContext<Live>({ figures: null, state: "connecting" });
// Apart from the figures, so that whoever listens to events is not drawn again with each tick.
const ListenContext = createContext<(listener: Listener) => () => void>(() => () => {});

/** The live figures of the open site, with the view's filters. */
export const useLiveFigures = (): Live => useContext(LiveContext);

/** Calls back with the events of the open site, with the view's filters, as they arrive. */
export function useLiveEvents(onEvents: Listener): void {
  const listen = useContext(ListenContext);
  const arrived = useEffectEvent(onEvents);
  useEffect(() => listen((events) => arrived(events)), [listen]);
}

export function LiveRoof({ children }: { children: ReactNode }) {
  const { id, timezone } = useSite();
  const [view] = useView();
  const queries = useQueryClient();
  const fresh = useRef<Refresher | null>(null);
  const past = isPast(view.period, timezone);
  const listeners = useRef(new Set<Listener>());
  const listen = useCallback((listener: Listener) => {
    listeners.current.add(listener);
    return () => {
      listeners.current.delete(listener);
    };
  }, []);

  // An event changes what the reports of now say: they are asked again.
  useEffect(() => {
    const made = refresher(() =>
      queries.invalidateQueries({
        // "still" is what must not change under the reader, or is asked once a view.
        predicate: ({ queryKey }) =>
          queryKey[0] === id && String(queryKey[1]).startsWith("/api/") && queryKey[3] !== "still",
      }),
    );
    fresh.current = made;
    return () => made.stop();
  }, [queries, id]);
  const live = useLive(id, asked(view.filters, view.segment), (events) => {
    for (const listener of listeners.current) listener(events);
    if (!past && !document.hidden) fresh.current?.arrived();
  });
  const { figures, state } = live;
  const value = useMemo(() => ({ figures, state }), [figures, state]);
  return (
    <ListenContext value={listen}>
      <LiveContext value={value}>{children}</LiveContext>
    </ListenContext>
  );
}
