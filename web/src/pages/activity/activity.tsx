// When visitors come: each hour of the week on the site's clock, and how many are active over the
// days.

import { useOwnReport, viewBody } from "../../api/report";
import { useSite } from "../../api/site";
import type { Schemas } from "../../api/types";
import { formatRate } from "../../format";
import { Answer } from "../../parts/answer";
import { Choice } from "../../parts/choice";
import { PageHead } from "../../parts/page-head";
import { Panel } from "../../parts/panel";
import { SaveCsv } from "../../parts/save-csv";
import { Skeleton } from "../../parts/skeleton";
import { useParam, useView } from "../../view/use-view";
import { ActiveVisitors } from "./active-visitors";
import { HeatMap } from "./heat-map";
import { dayText, hourText, METRICS, summary, type Week } from "./week";

const PATH = "/api/v1/activity/query";

export default function Activity() {
  const site = useSite();
  const [view] = useView();
  const [chosen, setChosen] = useParam<string>("metric", "visitors");
  const metric = METRICS.find(({ value }) => value === chosen)?.value ?? "visitors";
  const report = useOwnReport<Schemas["ActivityWeek"]>(PATH, { metric });
  return (
    <>
      <PageHead
        title="Activity"
        text={`On which days and at which hours the site is visited, by its own clock (${site.timezone}).`}
      >
        <SaveCsv
          path={PATH}
          name="activity"
          body={{ site_id: site.id, ...viewBody(site, view), metric }}
        />
      </PageHead>
      <div className="flex flex-col gap-4">
        <Panel
          title="Hours of the week"
          note="the mean of each"
          aside={<Choice label="Metric" options={METRICS} value={metric} onChange={setChosen} />}
        >
          <Answer
            query={report}
            loading={<HeatLoading />}
            isEmpty={(data) => summary(data.week).busiest === null}
            empty="Nothing happened in this period. Choose a longer one at the top, or take out a filter."
          >
            {(data) => (
              <>
                <Busiest week={data.week} unit={data.metric} />
                <HeatMap week={data.week} unit={data.metric} />
              </>
            )}
          </Answer>
        </Panel>
        <ActiveVisitors />
      </div>
    </>
  );
}

function Busiest({ week, unit }: { week: Week; unit: string }) {
  const { busiest } = summary(week);
  if (busiest === null) return null;
  return (
    <p className="px-4 text-sm text-muted sm:px-5">
      Busiest on{" "}
      <strong className="font-semibold text-ink">
        {dayText(busiest.day, "long")}, {hourText(busiest.hour)}
      </strong>
      , with {formatRate(busiest.mean)} {unit}.
    </p>
  );
}

function HeatLoading() {
  return (
    <div className="flex h-[25.25rem] flex-col gap-2 px-5 pt-16">
      {Array.from({ length: 7 }, (_, index) => (
        <Skeleton key={index} className="h-8 w-full" />
      ))}
    </div>
  );
}
