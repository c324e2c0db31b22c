import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { useSite } from "../../api/site";
import type { Schemas } from "../../api/types";
import { Answer } from "../../parts/answer";
import { BUTTON } from "../../parts/menu";
import { PageLink } from "../../parts/param-link";
import { Skeleton } from "../../parts/skeleton";
import { momentText } from "../sessions/moments";
import { Details } from "../sessions/time-line";
import { Country, Who } from "../sessions/who";

/** The latest events of the name as they are stored, each with a way to its session. */
export function Samples({ samples }: { samples: UseQueryResult<Schemas["EventDetails"]> }) {
  const { timezone } = useSite();
  const [shown, setShown] = useState(20);
  return (
    <Answer
      query={samples}
      loading={<SamplesLoading />}
      isEmpty={(data) => data.events.length === 0}
      empty="No event of this name in this period."
    >
      {(data) => (
        <>
          <ol className="divide-y divide-line/60">
            {data.events.slice(0, shown).map((event) => (
              <li key={event.event_id} className="px-4 py-2.5 text-sm sm:px-5">
                <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
                  <PageLink page="sessions" change={{ session: event.session_id }}>
                    {momentText(event.timestamp, timezone)}
                  </PageLink>
                  <Who visitor={event.visitor_id} user={event.user_id} />
                  <Country code={event.country} />
                  {event.path !== null && (
                    <span className="min-w-0 wrap-anywhere text-muted">{event.path}</span>
                  )}
                  {event.element !== null && (
                    <span className="min-w-0 wrap-anywhere">
                      <span className="text-muted">on </span>
                      {event.element}
                    </span>
                  )}
                </div>
                <Details event={event} />
              </li>
            ))}
          </ol>
          {data.events.length > shown && (
            <p className="border-t border-line px-4 py-3 sm:px-5">
              <button type="button" className={BUTTON} onClick={() => setShown(shown + 40)}>
                Show more
              </button>
            </p>
          )}
        </>
      )}
    </Answer>
  );
}

function SamplesLoading() {
  return (
    <div className="flex flex-col gap-6 p-5">
      {Array.from({ length: 8 }, (_, index) => (
        <Skeleton key={index} className="h-4 w-full" />
      ))}
    </div>
  );
}
