import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ask } from "../../api/client";
import { useSite } from "../../api/site";
import type { Schemas } from "../../api/types";
import { formatCount, formatDuration } from "../../format";
import { Answer } from "../../parts/answer";
import { Dialog } from "../../parts/dialog";
import { BUTTON } from "../../parts/menu";
import { ParamLink } from "../../parts/param-link";
import { Skeleton } from "../../parts/skeleton";
import { languageName } from "../../view/names";
import { useSetParams } from "../../view/use-view";
import { exactMoment, momentText } from "./moments";
import { known } from "./sessions-of";
import { TimeLine } from "./time-line";
import { Country, Who } from "./who";

type OneSession = Schemas["OneSession"];

/** One session over the page, wherever in time it lies. */
export function SessionDialog({ session }: { session: string }) {
  const { id, timezone } = useSite();
  const setParams = useSetParams();
  const one = useQuery({
    queryKey: [id, "session", session],
    queryFn: ({ signal }) =>
      ask<OneSession>(
        id,
        `/api/v1/sessions/${encodeURIComponent(session)}?site_id=${encodeURIComponent(id)}`,
        { signal },
      ),
    retry: false,
  });
  const shown = one.data?.session;
  return (
    <Dialog
      wide
      title={shown === undefined ? "Session" : `Session of ${momentText(shown.start, timezone)}`}
      onClose={() => setParams({ session: null }, { replace: true })}
      aside={
        shown !== undefined && (
          <ParamLink
            change={{ visitor: shown.visitor_id, session: null }}
            className={`${BUTTON} max-sm:hidden`}
          >
            This visitor’s sessions
          </ParamLink>
        )
      }
    >
      <Answer query={one} loading={<DialogLoading />}>
        {(data) => (
          <div className="grid md:grid-cols-[16rem_1fr]">
            <Facts data={data} />
            <div className="px-3 py-4 sm:px-5">
              <h3 className="sr-only">Time line</h3>
              <TimeLine events={data.events} />
              {data.truncated && (
                <p className="text-sm text-muted">
                  It has more: these are its first {formatCount(data.events.length)} events.
                </p>
              )}
            </div>
          </div>
        )}
      </Answer>
    </Dialog>
  );
}

function Facts({ data: { session, events } }: { data: OneSession }) {
  const { timezone } = useSite();
  const campaign = ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"]
    .map((key) => known(session[key]))
    .filter((value) => value !== null);
  const host = events.find((event) => event.host !== null)?.host ?? null;
  const language = known(session["language"]);
  const version = (name: string) =>
    [known(session[name]), known(session[`${name}_version`])].filter(Boolean).join(" ");
  return (
    <dl className="grid grid-cols-2 content-start gap-x-4 gap-y-3 border-line bg-ground/60 px-5 py-4 text-sm max-md:border-b md:grid-cols-1 md:border-r">
      <Fact name="Visitor">
        <ParamLink
          change={{ visitor: session.visitor_id, session: null }}
          className="hover:underline"
        >
          <Who visitor={session.visitor_id} user={session.user_id} />
        </ParamLink>
      </Fact>
      <Fact name="Started">{exactMoment(session.start, timezone)}</Fact>
      <Fact name="Duration">
        {formatDuration(session.duration)}
        {session.bounce && <span className="text-muted"> · bounced</span>}
      </Fact>
      <Fact name="Pageviews, events">
        {formatCount(session.pageviews)} of {formatCount(session.events)}
      </Fact>
      <Fact name="Source">
        {session["source"] ?? "–"}
        {known(session["channel"]) !== null && (
          <span className="block text-muted">{session["channel"]}</span>
        )}
      </Fact>
      {campaign.length > 0 && <Fact name="Campaign">{campaign.join(" · ")}</Fact>}
      <Fact name="Place">
        <Country code={session["country"] ?? null} city={session["city"] ?? null} />
      </Fact>
      <Fact name="Browser">{version("browser") || "–"}</Fact>
      <Fact name="System">{version("os") || "–"}</Fact>
      <Fact name="Screen">
        {[known(session["device"]), events[0]?.screen].filter(Boolean).join(" · ") || "–"}
      </Fact>
      {language !== null && <Fact name="Language">{languageName(language)}</Fact>}
      {host !== null && <Fact name="Hostname">{host}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="wrap-anywhere">{children}</dd>
    </div>
  );
}

function DialogLoading() {
  return (
    <div className="flex h-96 flex-col gap-4 p-6">
      {Array.from({ length: 8 }, (_, index) => (
        <Skeleton key={index} className="h-4 w-full" />
      ))}
    </div>
  );
}
