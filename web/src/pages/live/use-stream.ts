// The events of the page: those of the last half hour to begin with, then each as it arrives. While
// the live stream is not there (a proxy that passes no WebSocket on), they are asked for instead.

import { useQuery } from "@tanstack/react-query";
import { useEffect, useReducer, useRef } from "react";
import { ask } from "../../api/client";
import { useSite } from "../../api/site";
import { useLiveEvents, useLiveFigures } from "../../shell/live-roof";
import { asked } from "../../view/filters";
import { useView } from "../../view/use-view";
import { EMPTY, MOST_ROWS, readEvent, reduceStream, type StreamEvent } from "./stream";

/** Rows are drawn together, ten times a second at most, however many events arrive. */
const FLUSH_MS = 100;
const BEGIN_WITH = 100;
export const ASK_MS = 3_000;

export function useStream() {
  const site = useSite();
  const [view] = useView();
  const { state } = useLiveFigures();
  const [stream, dispatch] = useReducer(reduceStream, EMPTY);
  const filters = asked(view.filters, view.segment);
  const of = JSON.stringify([site.id, filters]);

  const recent = useQuery({
    queryKey: [site.id, "live", "recent", filters],
    queryFn: ({ signal }) =>
      ask<{ events: unknown[] }>(site.id, "/api/v1/events/query", {
        body: {
          site_id: site.id,
          date_range: "realtime",
          filters,
          pagination: { limit: BEGIN_WITH },
        },
        signal,
      }),
    retry: false,
    networkMode: "always",
    refetchInterval: state === "live" ? false : ASK_MS,
  });

  const buffer = useRef<StreamEvent[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    dispatch({ type: "begin", of });
    return () => {
      clearTimeout(timer.current);
      timer.current = undefined;
      buffer.current = [];
    };
  }, [of]);

  const { data, refetch } = recent;
  // What happened between the last answer and the stream's first message is in neither.
  useEffect(() => {
    if (state === "live") void refetch();
  }, [state, refetch]);
  useEffect(() => {
    if (data === undefined) return;
    const events = data.events.flatMap((event) => readEvent(event, false) ?? []);
    dispatch({ type: "arrive", events: events.toReversed() });
  }, [data]);

  useLiveEvents((arrived) => {
    const events = arrived.flatMap((event) => readEvent(event, true) ?? []);
    buffer.current = [...buffer.current, ...events].slice(-2 * MOST_ROWS);
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      const flushed = buffer.current;
      buffer.current = [];
      dispatch({ type: "arrive", events: flushed });
    }, FLUSH_MS);
  });

  return { stream, dispatch, recent };
}
