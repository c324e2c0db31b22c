import type { QueryClient } from "@tanstack/react-query";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { sendEvent } from "../api/client";
import { recentEvents } from "../api/reports";
import { formatCount } from "../format";
import { Choice } from "../parts/choice";
import { Panel } from "../parts/panel";
import type { TestEvent } from "../test-events";
import { testEvent } from "../test-events";

const KINDS: { value: TestEvent; text: string }[] = [
  { value: "pageview", text: "Page view" },
  { value: "click", text: "Click" },
  { value: "purchase", text: "Purchase" },
];

const WATCH_FOR_MS = 10_000;

interface Accepted {
  id: string;
  sentAt: number;
  tookMs: number;
}

/** Sends an event through the front door, and measures how long until a report has it. */
export function SendTestEvent({ site, onSent }: { site: string; onSent: (id: string) => void }) {
  const [kind, setKind] = useState<TestEvent>("pageview");
  const send = useMutation({
    networkMode: "always",
    mutationFn: async (): Promise<Accepted> => {
      const sentAt = performance.now();
      const id = await sendEvent(testEvent(kind, site, location.origin));
      return { id, sentAt, tookMs: performance.now() - sentAt };
    },
    onSuccess: ({ id }) => onSent(id),
  });
  return (
    <Panel title="Send a test event">
      <form
        className="flex flex-col gap-3 px-4 pb-4 sm:px-5"
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate();
        }}
      >
        <div className="flex flex-wrap items-center gap-2.5">
          <div className="flex flex-auto">
            <Choice
              label="Kind of test event"
              options={KINDS}
              value={kind}
              onChange={setKind}
              stretch
            />
          </div>
          <button
            type="submit"
            aria-disabled={send.isPending}
            className="flex-auto rounded-md bg-race px-4 py-1.5 text-sm font-semibold whitespace-nowrap text-on-race hover:bg-race-hover aria-disabled:opacity-70"
          >
            Send test event
          </button>
        </div>
        <div role="status" className="min-h-10 text-[0.8125rem] leading-5 wrap-anywhere">
          {send.isIdle && (
            <span className="text-muted">
              It goes through <code className="font-mono">POST /api/events</code>, like any other,
              and shows up below.
            </span>
          )}
          {send.isPending && <span className="text-muted">Sending…</span>}
          {send.isError && <span className="text-fault">Not accepted: {send.error.message}</span>}
          {send.isSuccess && <Receipt key={send.data.id} site={site} accepted={send.data} />}
        </div>
      </form>
    </Panel>
  );
}

/** Says how long the server took to accept the event, and until a report had it. */
function Receipt({ site, accepted }: { site: string; accepted: Accepted }) {
  const client = useQueryClient();
  const arrival = useQuery({
    queryKey: [site, "arrival", accepted.id],
    queryFn: ({ signal }) => arrived(client, site, accepted, signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    networkMode: "always",
  });
  return (
    <>
      <span className="block">
        <span className="font-semibold text-race">Accepted</span> in{" "}
        {formatCount(Math.ceil(accepted.tookMs))} ms
        {typeof arrival.data === "number" && (
          <>, in the reports after {formatCount(Math.ceil(arrival.data))} ms</>
        )}
      </span>
      <code
        data-testid="accepted-id"
        className="block truncate font-mono text-xs leading-5 text-muted"
        title={accepted.id}
      >
        {accepted.id}
      </code>
    </>
  );
}

/**
 * Reads the recent events in quick succession until the accepted one is among them. Answers the
 * milliseconds since it was sent, or null when it did not come.
 */
async function arrived(
  client: QueryClient,
  site: string,
  { id, sentAt }: Accepted,
  signal: AbortSignal,
): Promise<number | null> {
  while (!signal.aborted && performance.now() - sentAt < WATCH_FOR_MS) {
    // One after the other on purpose.
    // oxlint-disable-next-line no-await-in-loop
    const events = await client.fetchQuery({ ...recentEvents(site), staleTime: 0 });
    if (events.some((event) => event.id === id)) return performance.now() - sentAt;
    // oxlint-disable-next-line no-await-in-loop
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return null;
}
