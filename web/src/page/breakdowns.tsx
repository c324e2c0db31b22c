import type { UseQueryResult } from "@tanstack/react-query";
import { useQuery } from "@tanstack/react-query";
import type { Count } from "../api/reports";
import { live, topPages, totals } from "../api/reports";
import { Bars } from "../parts/bars";
import { Panel, PanelNote } from "../parts/panel";

export function Breakdowns({ site }: { site: string }) {
  const pages = useQuery(topPages(site));
  const all = useQuery(totals(site));
  const now = useQuery(live(site));
  return (
    <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
      <Panel title="Top pages" className="sm:max-xl:col-span-2">
        <Rows query={pages} rows={pages.data} empty="No page has been viewed yet." />
      </Panel>
      <Panel title="Event types">
        <Rows query={all} rows={all.data?.byType} empty="No events yet." />
      </Panel>
      <Panel title="Top elements" note="last 5 minutes">
        <Rows
          query={now}
          rows={now.data?.topElements}
          empty="No element was touched in the last five minutes."
        />
      </Panel>
    </div>
  );
}

function Rows({
  query,
  rows,
  empty,
}: {
  query: Pick<UseQueryResult, "error">;
  rows: Count[] | undefined;
  empty: string;
}) {
  if (rows === undefined && query.error !== null) {
    return <PanelNote fault>{query.error.message}</PanelNote>;
  }
  return <Bars rows={rows} empty={empty} />;
}
