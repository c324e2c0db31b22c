import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { RecentEvent } from "../api/reports";
import { RECENT_LIMIT, recentEvents } from "../api/reports";
import { formatAgo, formatMoment, safeLink } from "../format";
import { Panel, PanelNote } from "../parts/panel";
import { Skeleton } from "../parts/skeleton";
import { useNow } from "../parts/use-now";

/**
 * The newest events as they come in. Everything in them was written by strangers: it is shown as
 * text, and a page is a link only when its address is http or https.
 */
export function Feed({
  site,
  sent,
  paused,
  onPause,
}: {
  site: string;
  sent: ReadonlySet<string>;
  paused: boolean;
  onPause: (paused: boolean) => void;
}) {
  const recent = useQuery(recentEvents(site));
  const [held, setHeld] = useState<RecentEvent[] | null>(null);
  // Rows that were there first do not announce themselves; those that come later do.
  const [first, setFirst] = useState<ReadonlySet<string> | null>(null);
  if (first === null && recent.data) setFirst(new Set(recent.data.map((event) => event.id)));
  const now = useNow();
  const events = (paused ? held : null) ?? recent.data;

  return (
    <Panel
      title="Recent events"
      className="lg:min-h-80 lg:flex-1"
      aside={
        <button
          type="button"
          aria-pressed={paused}
          className="rounded-md border border-line px-3 py-1 text-[0.8125rem] text-muted hover:text-ink aria-pressed:border-brass aria-pressed:text-brass"
          onClick={() => {
            setHeld(recent.data ?? null);
            onPause(!paused);
          }}
        >
          {paused ? "Paused" : "Pause"}
        </button>
      }
    >
      {/* On a wide screen the list is as tall as the column beside it, and scrolls. */}
      <div className="relative flex-1">
        <section
          className="lg:absolute lg:inset-0 lg:overflow-y-auto"
          tabIndex={0}
          aria-label="Recent events, newest first"
        >
          {events === undefined && recent.error && (
            <PanelNote fault>{recent.error.message}</PanelNote>
          )}
          {events === undefined && !recent.error && <Loading />}
          {events?.length === 0 && <PanelNote>Waiting for the first event.</PanelNote>}
          {events !== undefined && events.length > 0 && (
            <ol className="divide-y divide-line border-t border-line">
              {events.map((event) => (
                <Row
                  key={event.id}
                  event={event}
                  now={now}
                  fresh={first?.has(event.id) === false}
                  mine={sent.has(event.id)}
                />
              ))}
            </ol>
          )}
        </section>
      </div>
    </Panel>
  );
}

function Row({
  event,
  now,
  fresh,
  mine,
}: {
  event: RecentEvent;
  now: number;
  fresh: boolean;
  mine: boolean;
}) {
  return (
    <li
      data-event-id={event.id}
      className={`px-4 py-2 text-sm sm:px-5 ${fresh ? "animate-arrive" : ""}`}
    >
      <div className="flex items-baseline gap-2">
        <span className="shrink-0 self-center" aria-hidden="true">
          <span className={`block size-2 rounded-full ${hue(event.name)}`} />
        </span>
        <span className="max-w-[45%] shrink-0 truncate font-medium" title={event.name}>
          {event.name}
        </span>
        <Page url={event.url} />
        {mine && (
          <span className="shrink-0 rounded bg-brass-soft px-1.5 text-xs text-brass">yours</span>
        )}
        <time
          dateTime={event.timestamp}
          title={formatMoment(event.timestamp)}
          className="ml-auto shrink-0 text-[0.8125rem] text-muted"
        >
          {formatAgo(event.timestamp, now)}
        </time>
      </div>
      {event.properties.length > 0 && (
        <dl className="mt-0.5 flex flex-wrap gap-x-3 pl-4 text-[0.8125rem] text-muted">
          {event.properties.map(([key, value]) => (
            <div key={key} className="flex max-w-full min-w-0 gap-1.5">
              <dt className="shrink-0 max-w-[50%] truncate">{key}</dt>
              <dd className="line-clamp-3 min-w-0 wrap-anywhere text-ink" title={value}>
                {value}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}

function Page({ url }: { url: string | null }) {
  if (url === null || url === "") return null;
  const link = safeLink(url);
  if (link === null) {
    return (
      <span className="min-w-0 truncate text-muted" title={url}>
        {url}
      </span>
    );
  }
  return (
    <a
      href={link}
      title={url}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="min-w-0 truncate text-race underline decoration-1 underline-offset-2 hover:text-race-hover"
    >
      {url.replace(/^https?:\/\//i, "")}
    </a>
  );
}

/** A colour for the kind of event: looking, touching, buying, failing, anything else. */
function hue(name: string): string {
  if (name === "pageview") return "bg-race";
  if (/click|tap|submit|play/i.test(name)) return "bg-brass-fill";
  if (/purchase|order|checkout|signup/i.test(name)) return "bg-[#8c5aa8] dark:bg-[#bd8fd6]";
  if (/error|fail/i.test(name)) return "bg-fault";
  return "bg-muted";
}

function Loading() {
  return (
    <ol aria-hidden="true" className="divide-y divide-line border-t border-line">
      {Array.from({ length: RECENT_LIMIT }, (_, index) => (
        <li key={index} className="flex justify-between px-4 py-2 text-sm sm:px-5">
          <Skeleton className="my-[3px] h-3.5 w-44" />
          <Skeleton className="my-[3px] h-3.5 w-12" />
        </li>
      ))}
    </ol>
  );
}
