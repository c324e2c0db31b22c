// Whether anything arrives: asked every two seconds until the first event is there, and told at
// once by the live stream.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { siteOptions, useSite } from "../../api/site";
import { formatAgo, formatMoment } from "../../format";
import { useNow } from "../../parts/use-now";
import { useLiveEvents } from "../../shell/live-roof";

export function FirstEvent() {
  const { id } = useSite();
  const queries = useQueryClient();
  const now = useNow();
  const [latest, setLatest] = useState<string | null>(null);
  const { data } = useQuery({
    ...siteOptions(id),
    refetchInterval: ({ state }) => (state.data?.first_event_at === null ? 2_000 : false),
  });
  useLiveEvents((events) => {
    setLatest(events.at(-1)?.timestamp ?? null);
    if (data?.first_event_at === null) {
      void queries.invalidateQueries({ queryKey: siteOptions(id).queryKey });
    }
  });
  const first = data?.first_event_at ?? null;
  const last = latest ?? data?.last_event_at ?? null;
  const received = first !== null;
  return (
    <div
      role="status"
      data-first-event={received ? "received" : "waiting"}
      className={`flex items-center gap-3 rounded-md border px-4 py-3 text-sm ${received ? "border-line bg-panel" : "border-brass-fill bg-brass-soft"}`}
    >
      <span aria-hidden="true" className="relative flex size-2.5 shrink-0">
        {!received && (
          <span className="absolute inset-0 animate-pulse-ring rounded-full bg-brass-fill" />
        )}
        <span
          className={`relative size-2.5 rounded-full ${received ? "bg-good" : "bg-brass-fill"}`}
        />
      </span>
      {received ? (
        <span>
          <span className="font-medium">First event received.</span>{" "}
          <span className="text-muted">
            It happened {formatMoment(first)}
            {last !== null && (
              <span aria-live="off">{`; the last one ${formatAgo(last, now)}`}</span>
            )}
            .
          </span>
        </span>
      ) : (
        <span>
          <span className="font-medium">Waiting for the first event…</span>{" "}
          <span className="text-muted">
            Put the script into a page, open that page, and this changes by itself.
          </span>
        </span>
      )}
    </div>
  );
}
