import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { ask } from "../../api/client";
import { freshEvery, viewBody } from "../../api/report";
import { useSite } from "../../api/site";
import type { Schemas } from "../../api/types";
import { formatCount } from "../../format";
import { Failed } from "../../parts/answer";
import { BUTTON } from "../../parts/menu";
import { PanelNote } from "../../parts/panel";
import { ScrollBox } from "../../parts/scroll-box";
import { Skeleton } from "../../parts/skeleton";
import { useView } from "../../view/use-view";
import { RowsHead, SessionRow } from "./session-row";
import { known } from "./sessions-of";

const PATH = "/api/v1/sessions/query";
const PAGE = 50;
/** The API looks no further back than this; a shorter period does. */
const MOST_OFFSET = 100_000;

export function SessionList() {
  const site = useSite();
  const [view] = useView();
  const body = { site_id: site.id, ...viewBody(site, view) };
  const list = useInfiniteQuery({
    // "still": rows must not move under the reader with each event that arrives.
    queryKey: [site.id, PATH, body, "still"],
    queryFn: ({ pageParam, signal }) =>
      ask<Schemas["SessionRows"]>(site.id, PATH, {
        body: { ...body, pagination: { limit: PAGE, offset: pageParam } },
        signal,
      }),
    placeholderData: keepPreviousData,
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const next = pages.length * PAGE;
      return last.sessions.length < PAGE || next > MOST_OFFSET ? undefined : next;
    },
    retry: false,
    networkMode: "always",
    refetchInterval: ({ state }) =>
      state.data?.pages.length === 1 ? freshEvery(view, site.timezone) : false,
  });
  const sessions = unique(list.data?.pages.flatMap((page) => page.sessions) ?? []);
  return (
    <section
      aria-label="Sessions"
      aria-busy={list.isPlaceholderData}
      className={`rounded-lg border border-line bg-panel ${list.isPlaceholderData ? "opacity-60 transition-opacity delay-150" : ""}`}
    >
      {list.error !== null && (list.data === undefined || list.isPlaceholderData) ? (
        <Failed error={list.error} again={() => void list.refetch()} />
      ) : list.data === undefined ? (
        <ListLoading />
      ) : sessions.length === 0 ? (
        <PanelNote>
          {view.filters.length > 0 || view.segment !== null
            ? "No session of this period passes the filters. Take one out, or look at a longer period."
            : "No sessions in this period. Choose a longer one at the top, or send a first event: Settings has the snippet."}
        </PanelNote>
      ) : (
        <>
          <ScrollBox label="Sessions, the latest first">
            <table className="w-full border-collapse text-sm">
              <caption className="sr-only">Sessions, the latest first</caption>
              <RowsHead />
              <tbody>
                {sessions.map((session) => (
                  <SessionRow
                    key={session.session_id}
                    row={{
                      id: session.session_id,
                      start: session.start,
                      visitor: session.visitor_id,
                      user: session.user_id,
                      source: session["source"] ?? null,
                      country: session["country"] ?? null,
                      device: [known(session["browser"]), known(session["os"])]
                        .filter(Boolean)
                        .join(" · "),
                      entry: session["entry_page"] ?? null,
                      exit: session["exit_page"] ?? null,
                      pageviews: session.pageviews,
                      events: session.events,
                      duration: session.duration,
                      bounce: session.bounce,
                    }}
                  />
                ))}
              </tbody>
            </table>
          </ScrollBox>
          <footer className="flex min-h-14 flex-wrap items-center justify-between gap-3 px-4 py-2 text-sm text-muted">
            <span role="status">
              {formatCount(sessions.length)} {sessions.length === 1 ? "session" : "sessions"}
              {list.hasNextPage ? ", and more" : ""}
            </span>
            {list.hasNextPage && (
              <button
                type="button"
                className={BUTTON}
                disabled={list.isFetchingNextPage}
                onClick={() => void list.fetchNextPage()}
              >
                {list.isFetchingNextPage ? "Loading …" : "Show more"}
              </button>
            )}
          </footer>
        </>
      )}
    </section>
  );
}

/** Each once: sessions that came meanwhile push others onto the next page. */
function unique<T extends { session_id: string }>(sessions: readonly T[]): T[] {
  return [...new Map(sessions.map((session) => [session.session_id, session])).values()];
}

function ListLoading() {
  return (
    <div aria-busy="true" className="px-4 py-3">
      {Array.from({ length: 14 }, (_, index) => (
        <div key={index} className="flex h-[2.8125rem] items-center gap-6">
          <Skeleton className="h-3.5 w-32" />
          <Skeleton className="h-3.5 w-20" />
          <Skeleton className="h-3.5 flex-1" />
          <Skeleton className="hidden h-3.5 w-40 md:inline-block" />
        </div>
      ))}
    </div>
  );
}
