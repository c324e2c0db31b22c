// The roof over every page of a site: who may see it, where one is, what period is looked at.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useMemo, useRef } from "react";
import { failureOf } from "../api/client";
import { embedded, forgetKey, keepKey, keyOf } from "../api/key";
import { SiteContext, siteOptions } from "../api/site";
import { failureText } from "../parts/answer";
import { useToday } from "../view/use-today";
import { useSiteId } from "../view/use-view";
import { isSiteId } from "./command";
import { fetchWhenIdle } from "./fetch-page";
import { Header } from "./header";
import { KeyForm } from "./key-form";
import { LiveRoof } from "./live-roof";
import { OutageBar } from "./outage-bar";
import { PrintLine } from "./print-line";
import { SegmentNotice } from "./segment-notice";
import { Shortcuts } from "./shortcuts";
import { Stop } from "./stop";
import { Toolbar } from "./toolbar";
import { PAGES } from "../routes";

/** Pages that are about a period, and so have the toolbar. */
const WITHOUT_PERIOD: ReadonlySet<string> = new Set(["live", "pipeline", "settings"]);

/** Pages whose figures have others beside them, of the compared period. */
const COMPARING: ReadonlySet<string> = new Set(["overview", "events", "funnels"]);

export function usePageId(): string {
  const path = useRouterState({ select: (state) => state.location.pathname });
  return path.split("/").filter(Boolean)[2] ?? "overview";
}

export function SiteShell() {
  const id = useSiteId();
  const page = usePageId();
  const queries = useQueryClient();
  const site = useQuery({
    ...siteOptions(id),
    refetchInterval: ({ state }) => (failureOf(state.error) === "away" ? 2_000 : false),
  });
  const name = PAGES.find((known) => known.id === page)?.text ?? "";
  useEffect(() => {
    document.title = `${page === "overview" ? "" : `${name} · `}${id} · Millrace`;
  }, [id, page, name]);

  const { data } = site;
  const day = useToday(data?.timezone ?? "UTC");
  // Another object on another day: all that is worked out from the site's zone is worked out anew.
  const known = useMemo(
    () => (data === undefined || day === "" ? undefined : { ...data }),
    [data, day],
  );
  const shownOn = useRef(day);
  useEffect(() => {
    if (shownOn.current === day) return;
    shownOn.current = day;
    // What was asked for by a name yesterday is no longer an answer to it.
    void queries.invalidateQueries({
      predicate: ({ queryKey, state }) =>
        queryKey[0] === id && String(queryKey[1]).startsWith("/api/") && state.dataUpdatedAt > 0,
    });
  }, [queries, id, day]);
  const loaded = known !== undefined;
  useEffect(() => {
    if (!loaded) return undefined;
    // A page that is here already opens at once, also while the server is away.
    return fetchWhenIdle(PAGES.map(({ load }) => load));
  }, [loaded]);

  if (known === undefined) {
    const failure = failureOf(site.error);
    if (failure === null) return <Waiting />;
    if (failure === "key") {
      return (
        <Stop title={`“${id}” is private`}>
          {embedded() ? (
            <p>Only a public site can be embedded.</p>
          ) : (
            <KeyForm
              site={id}
              kind="read"
              refused={keyOf(id) === null ? null : (site.error?.message ?? "")}
              onEnter={(key) => {
                forgetKey(id);
                keepKey(id, key);
                void queries.resetQueries({ queryKey: [id] });
              }}
            />
          )}
        </Stop>
      );
    }
    return (
      <Stop
        title={failure === "site" ? `There is no site “${id}”` : "The dashboard cannot be shown"}
      >
        <p role="alert">{failureText(site.error)}</p>
        {failure === "site" && isSiteId(id) && (
          <p className="text-sm">
            Whoever runs the server adds it with{" "}
            <code className="font-mono text-[0.9em] text-ink">millrace site add {id}</code>
          </p>
        )}
      </Stop>
    );
  }
  return (
    <SiteContext value={known}>
      <LiveRoof>
        <Shortcuts compares={COMPARING.has(page)} />
        <div className="min-h-dvh">
          <a
            href="#main"
            className="sr-only rounded-md bg-panel px-3 py-2 text-ink focus:not-sr-only focus:absolute focus:z-40 focus:m-2"
          >
            To the content
          </a>
          <Header page={page} />
          <OutageBar />
          {!WITHOUT_PERIOD.has(page) && <Toolbar compares={COMPARING.has(page)} />}
          <PrintLine period={!WITHOUT_PERIOD.has(page)} compares={COMPARING.has(page)} />
          <SegmentNotice />
          <main
            id="main"
            tabIndex={-1}
            className="mx-auto max-w-[88rem] px-4 pt-4 pb-16 outline-none sm:px-6"
          >
            <h1 className="sr-only">
              {name} of {id}
            </h1>
            <Outlet />
          </main>
        </div>
      </LiveRoof>
    </SiteContext>
  );
}

/** Nothing for a moment: most answers are there before a message could be read. */
function Waiting() {
  return (
    <div aria-busy="true" className="min-h-dvh">
      <div className="h-14 bg-band" />
    </div>
  );
}
