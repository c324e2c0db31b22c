import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, failureOf } from "../api/client";
import { forgetReadKey, keepReadKey, readKey } from "../api/read-key";
import { live, totals } from "../api/reports";
import { Breakdowns } from "./breakdowns";
import { Feed } from "./feed";
import { FirstEvent } from "./first-event";
import { Header } from "./header";
import { KeyForm } from "./key-form";
import { LiveBand } from "./live-band";
import { SendTestEvent } from "./send-test-event";
import { Stop, Trouble } from "./stop";
import { Trend } from "./trend";

/** Everything about one site on one page. */
export function SitePage({ site }: { site: string }) {
  const client = useQueryClient();
  const now = useQuery(live(site));
  const all = useQuery(totals(site));
  const [paused, setPaused] = useState(false);
  const [sent, setSent] = useState<ReadonlySet<string>>(new Set());

  const errors = [now.error, all.error].filter((error) => error !== null);
  const stopped = errors.find((error) => ["key", "site"].includes(failureOf(error) ?? ""));
  const trouble = errors[0];

  const enter = (key: string) => {
    if (key === "") forgetReadKey(site);
    else keepReadKey(site, key);
    void client.resetQueries();
  };

  if (stopped instanceof ApiError) {
    return (
      <>
        <div className="bg-band">
          <Header site={site} state="stopped" />
        </div>
        <main className="mx-auto max-w-lg px-4 py-16 sm:px-6">
          {stopped.failure === "key" ? (
            <KeyForm
              site={site}
              refused={readKey(site) === null ? null : stopped.message}
              onEnter={enter}
            />
          ) : (
            <Stop title={`There is no site named “${site}”`}>
              <p>
                The server says: {stopped.message}. A site is made with{" "}
                <code className="font-mono text-[0.9em] text-ink">millrace site add</code>; another
                one is chosen by <code className="font-mono text-[0.9em] text-ink">?site=</code> in
                the address of this page.
              </p>
            </Stop>
          )}
        </main>
      </>
    );
  }

  return (
    <>
      <div className="bg-band">
        <Header site={site} state={trouble ? "away" : now.isPending ? "connecting" : "live"} />
        <LiveBand site={site} />
      </div>
      <main className="mx-auto flex max-w-[88rem] flex-col gap-4 px-4 py-4 sm:px-6 sm:py-5">
        {trouble && (
          <Trouble error={trouble} since={Math.max(now.dataUpdatedAt, all.dataUpdatedAt)} />
        )}
        <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_22rem] xl:grid-cols-[minmax(0,1fr)_26rem]">
          <div className="flex min-w-0 flex-col gap-4">
            {all.data?.events === 0 ? (
              <FirstEvent site={site} />
            ) : (
              <>
                <Trend site={site} />
                <Breakdowns site={site} />
              </>
            )}
          </div>
          <div className="flex min-w-0 flex-col gap-4">
            <SendTestEvent
              site={site}
              onSent={(id) => {
                setSent((ids) => new Set(ids).add(id));
                setPaused(false);
              }}
            />
            <Feed site={site} sent={sent} paused={paused} onPause={setPaused} />
          </div>
        </div>
      </main>
      <footer className="mx-auto max-w-[88rem] px-4 pb-8 text-[0.8125rem] text-muted sm:px-6">
        Times are in your time zone.{" "}
        <a className="underline hover:text-ink" href="/docs">
          API
        </a>
      </footer>
    </>
  );
}
