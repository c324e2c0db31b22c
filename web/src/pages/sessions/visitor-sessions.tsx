import { useQuery } from "@tanstack/react-query";
import { ApiError, ask } from "../../api/client";
import { useSite } from "../../api/site";
import type { Schemas, Site } from "../../api/types";
import { formatCount } from "../../format";
import { Answer } from "../../parts/answer";
import { PageHead } from "../../parts/page-head";
import { PanelNote } from "../../parts/panel";
import { ParamLink } from "../../parts/param-link";
import { ScrollBox } from "../../parts/scroll-box";
import { Skeleton } from "../../parts/skeleton";
import { dateRange, periodText } from "../../view/period";
import { useView } from "../../view/use-view";
import type { View } from "../../view/view";
import { momentText } from "./moments";
import { RowsHead, SessionRow } from "./session-row";
import { sessionsOf } from "./sessions-of";
import { Who } from "./who";

/** What one visitor did in the period, session by session. */
export function VisitorSessions({ visitor }: { visitor: string }) {
  const site = useSite();
  const [view] = useView();
  const path = visitorPath(site, view, visitor);
  const one = useQuery({
    queryKey: [site.id, "visitor", path],
    queryFn: async ({ signal }) => {
      try {
        return await ask<Schemas["OneVisitor"]>(site.id, path, { signal });
      } catch (error) {
        if (error instanceof ApiError && error.code === "visitor_unknown") return null;
        throw error;
      }
    },
    retry: false,
  });
  const data = one.data;
  return (
    <>
      <p className="mb-2 text-sm">
        <ParamLink change={{ visitor: null, session: null }}>
          <span aria-hidden="true">← </span>All sessions
        </ParamLink>
      </p>
      <PageHead
        title="One visitor"
        text="All their sessions of the period, whatever the filters say; open one to see it event by event."
      />
      <section
        aria-label="Sessions of the visitor"
        className="rounded-lg border border-line bg-panel"
      >
        <Answer query={one} loading={<VisitorLoading />}>
          {() =>
            data === null || data === undefined ? (
              <PanelNote>
                Nobody of this number in this period ({periodText(view.period)}). Choose a longer
                one at the top.
              </PanelNote>
            ) : (
              <>
                <Facts visitor={data.visitor} />
                <ScrollBox label="Sessions, the latest first">
                  <table className="w-full border-collapse text-sm">
                    <caption className="sr-only">Sessions, the latest first</caption>
                    <RowsHead visitors={false} />
                    <tbody>
                      {sessionsOf(data.events).map((row) => (
                        <SessionRow key={row.id} row={row} />
                      ))}
                    </tbody>
                  </table>
                </ScrollBox>
                {data.truncated && (
                  <PanelNote>
                    The period has more of them: these are the sessions of its first{" "}
                    {formatCount(data.events.length)} events.
                  </PanelNote>
                )}
              </>
            )
          }
        </Answer>
      </section>
    </>
  );
}

/** The route takes a word or two dates with a comma between. */
function visitorPath(site: Site, view: View, visitor: string): string {
  const range = dateRange(view.period, site.timezone);
  const params = new URLSearchParams({
    site_id: site.id,
    date_range: Array.isArray(range) ? range.join(",") : String(range),
  });
  return `/api/v1/visitors/${encodeURIComponent(visitor)}?${params}`;
}

function Facts({ visitor }: { visitor: Schemas["Visitor"] }) {
  const { timezone } = useSite();
  const facts: [string, string][] = [
    ["First seen", momentText(visitor.first, timezone)],
    ["Last seen", momentText(visitor.last, timezone)],
    ["Sessions", formatCount(visitor.sessions)],
    ["Pageviews", formatCount(visitor.pageviews)],
    ["Events", formatCount(visitor.events)],
  ];
  return (
    <div className="flex flex-wrap items-center gap-x-10 gap-y-3 border-b border-line px-4 py-3.5 sm:px-5">
      <div className="text-base font-semibold" title={visitor.visitor_id}>
        <Who visitor={visitor.visitor_id} user={visitor.user_id} />
      </div>
      <dl className="flex flex-wrap gap-x-8 gap-y-2 text-sm">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt className="text-xs text-muted">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function VisitorLoading() {
  return (
    <div className="flex h-64 flex-col gap-5 p-5">
      {Array.from({ length: 5 }, (_, index) => (
        <Skeleton key={index} className="h-4 w-full" />
      ))}
    </div>
  );
}
