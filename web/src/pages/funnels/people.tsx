import { useOwnReport, viewBody } from "../../api/report";
import { useSite } from "../../api/site";
import type { Schemas } from "../../api/types";
import { formatCount } from "../../format";
import { Answer } from "../../parts/answer";
import { BarsLoading } from "../../parts/bars";
import { Dialog } from "../../parts/dialog";
import { PageLink } from "../../parts/param-link";
import { SaveCsv } from "../../parts/save-csv";
import { type Column, Table } from "../../parts/table";
import { useView } from "../../view/use-view";
import { momentText } from "../sessions/moments";
import { Who } from "../sessions/who";
import type { People } from "./steps";

const MOST = 200;

/** The visitors behind one figure of the funnel, each a link to what they did. */
export function PeopleDialog({
  people,
  body,
  names,
  onClose,
}: {
  people: People;
  /** The funnel's own. */
  body: object;
  names: readonly string[];
  onClose: () => void;
}) {
  const site = useSite();
  const [view] = useView();
  const whole = { ...body, people: { ...people, limit: MOST } };
  const report = useOwnReport<Schemas["FunnelReport"]>("/api/v1/funnels/query", whole);
  const name = names[people.step - 1] ?? "";
  const title = people.state === "dropped" ? `Who left before ${name}` : `Who reached ${name}`;
  return (
    <Dialog
      title={title}
      onClose={onClose}
      aside={
        <SaveCsv
          path="/api/v1/funnels/query"
          name="funnel-people"
          body={{
            site_id: site.id,
            ...viewBody(site, view),
            ...body,
            people: { ...people, limit: 1_000 },
          }}
        />
      }
    >
      <Answer
        query={report}
        loading={
          <div className="p-4">
            <BarsLoading rows={10} />
          </div>
        }
        isEmpty={(data) => data.people.length === 0}
        empty="Nobody."
      >
        {(data) => (
          <>
            <Table
              caption={title}
              rows={data.people}
              keyOf={(person) => person.visitor}
              columns={columnsOf(names, site.timezone)}
            />
            {data.people.length >= MOST && (
              <p className="px-5 py-3 text-sm text-muted">
                The latest {formatCount(MOST)}; the file has up to {formatCount(1_000)}.
              </p>
            )}
          </>
        )}
      </Answer>
    </Dialog>
  );
}

function columnsOf(names: readonly string[], zone: string): Column<Schemas["FunnelPerson"]>[] {
  return [
    {
      id: "visitor",
      text: "Visitor",
      cell: (person) => (
        <PageLink page="sessions" change={{ visitor: person.visitor }}>
          <Who visitor={person.visitor} user={null} />
        </PageLink>
      ),
    },
    {
      id: "step",
      text: "Came as far as",
      cell: (person) => names[person.step - 1] ?? `Step ${person.step}`,
    },
    {
      id: "at",
      text: "At",
      number: true,
      cell: (person) => momentText(person.at, zone),
    },
  ];
}
