// All that happens on the site by name, and what one of the names is made of: `event=` in the URL,
// the most frequent one where it says nothing.

import { queryBody, useReport } from "../../api/report";
import { useSite } from "../../api/site";
import { Answer } from "../../parts/answer";
import { PageHead } from "../../parts/page-head";
import { Panel } from "../../parts/panel";
import { SaveCsv } from "../../parts/save-csv";
import { Skeleton } from "../../parts/skeleton";
import { useParam, useView } from "../../view/use-view";
import { EventPanel } from "./event-panel";
import { Names } from "./names";

const QUESTION = { metrics: ["events", "visitors"], dimensions: ["event:name"], limit: 200 };

export default function Events() {
  const site = useSite();
  const [view] = useView();
  const [chosen] = useParam("event", null);
  const names = useReport(QUESTION);
  const first = names.data?.results[0]?.dimensions[0] ?? null;
  const open = chosen ?? first;
  return (
    <>
      <PageHead
        title="Events"
        text="Everything that happens on the site by its name, how often, and with which properties."
      >
        <SaveCsv path="/api/v2/query" name="events" body={queryBody(site, view, QUESTION)} />
      </PageHead>
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,34rem)_minmax(0,1fr)]">
        <Panel title="Names">
          <Answer
            query={names}
            loading={<NamesLoading />}
            isEmpty={(data) => data.results.length === 0}
            empty="No events in this period. Choose a longer one at the top, take out a filter, or send a first event: Settings has the snippet."
          >
            {(data) => <Names rows={data.results} open={open} />}
          </Answer>
        </Panel>
        {open !== null && <EventPanel key={open} name={open} />}
      </div>
    </>
  );
}

function NamesLoading() {
  return (
    <div className="flex flex-col gap-5 px-5 py-3">
      {Array.from({ length: 7 }, (_, index) => (
        <Skeleton key={index} className="h-5 w-full" />
      ))}
    </div>
  );
}
