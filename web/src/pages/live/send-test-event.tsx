// Sends an event through the front door, and measures how long until it is in the stream.

import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { failureText } from "../../parts/answer";
import { sendEvent } from "../../api/client";
import { useSite } from "../../api/site";
import { formatCount } from "../../format";
import { Choice } from "../../parts/choice";
import { FIELD, PRIMARY } from "../../parts/menu";
import { Panel } from "../../parts/panel";
import { TEST_EVENTS, type TestEvent, testEvent } from "./test-events";

/** An event that is not there after this long was probably not counted. */
const WATCH_MS = 10_000;

interface Accepted {
  id: string;
  sentAt: number;
  tookMs: number;
}

export function SendTestEvent({
  shown,
  filtered,
  onSent,
}: {
  /** Whether the stream has the event of this id. */
  shown: (id: string) => boolean;
  /** Whether the stream may leave the event out, since filters are set. */
  filtered: boolean;
  onSent: (id: string) => void;
}) {
  const site = useSite();
  const [kind, setKind] = useState<TestEvent>("pageview");
  const [key, setKey] = useState("");
  const send = useMutation({
    networkMode: "always",
    mutationFn: async (): Promise<Accepted> => {
      const sender = {
        origin: location.origin,
        userAgent: navigator.userAgent,
        language: navigator.language,
        screen: `${window.screen.width}x${window.screen.height}`,
      };
      const written = key.trim();
      const event = testEvent(kind, site.id, sender, written !== "");
      const sentAt = performance.now();
      const id = await sendEvent(event, written === "" ? undefined : written);
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
          if (!send.isPending) send.mutate();
        }}
      >
        <Choice
          label="Kind of test event"
          options={TEST_EVENTS}
          value={kind}
          onChange={setKind}
          stretch
        />
        {site.require_key && (
          <label className="flex flex-col gap-1 text-sm">
            Write key: this site takes events with a key only
            <input
              type="password"
              required
              autoComplete="off"
              spellCheck={false}
              className={`${FIELD} font-mono`}
              value={key}
              onChange={(event) => setKey(event.target.value)}
            />
          </label>
        )}
        <button
          type="submit"
          aria-disabled={send.isPending}
          className={`${PRIMARY} justify-center aria-disabled:opacity-70`}
        >
          Send test event
        </button>
        <div role="status" className="min-h-16 text-[0.8125rem] leading-5 wrap-anywhere">
          {send.isIdle && (
            <span className="text-muted">
              It goes through <code className="font-mono">POST /api/events</code>, like any other,
              counts like any other, and shows up in the stream. Its page is{" "}
              <code className="font-mono">/test-event</code>.
            </span>
          )}
          {send.isPending && <span className="text-muted">Sending…</span>}
          {send.isError && <span className="text-fault">{failureText(send.error)}</span>}
          {send.isSuccess && (
            <Receipt
              key={send.data.id}
              accepted={send.data}
              shown={shown(send.data.id)}
              filtered={filtered}
            />
          )}
        </div>
      </form>
    </Panel>
  );
}

/** How long the server took to accept the event, and until it was on the screen. */
function Receipt({
  accepted,
  shown,
  filtered,
}: {
  accepted: Accepted;
  shown: boolean;
  filtered: boolean;
}) {
  const [arrivedMs, arrive] = useState<number | null>(null);
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!shown) return undefined;
    // The next frame is the first that shows it.
    const frame = requestAnimationFrame(() =>
      arrive((known) => known ?? performance.now() - accepted.sentAt),
    );
    return () => cancelAnimationFrame(frame);
  }, [shown, accepted]);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), WATCH_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <>
      <span className="block">
        <span className="font-semibold text-race">Accepted</span> in{" "}
        {formatCount(Math.ceil(accepted.tookMs))} ms
        {arrivedMs !== null && (
          <span data-testid="arrived">
            , in the stream after {formatCount(Math.ceil(arrivedMs))} ms
          </span>
        )}
        {arrivedMs === null && (late ? "" : "; waiting for it in the stream…")}
      </span>
      {arrivedMs === null && late && (
        <span className="block text-muted">
          {filtered
            ? "Not in the stream: the filters may leave it out."
            : "Not in the stream after ten seconds: a rule of the site may discard it. Pipeline shows what is discarded."}
        </span>
      )}
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
