import { Answer } from "../../parts/answer";
import { PanelNote } from "../../parts/panel";
import { Skeleton } from "../../parts/skeleton";
import { OwnersOnly, useOfSite } from "./owners-only";
import type { Rejects } from "./pipeline-shapes";
import { Samples } from "./samples";

/** Copies of the newest events that were refused. */
export function RejectList() {
  return (
    <OwnersOnly
      kind="admin"
      what="Copies of rejected events show what was sent, so they are shown to the site's owner only."
    >
      <List />
    </OwnersOnly>
  );
}

function List() {
  const rejects = useOfSite<Rejects>("rejects?limit=50", 5_000);
  return (
    <Answer query={rejects} loading={<Skeleton className="m-4 h-40 w-[calc(100%-2rem)]" />}>
      {({ rejects: rows, kept }) =>
        rows.length === 0 ? (
          <PanelNote>
            {!kept
              ? "This process keeps no copies of rejected events."
              : "No event of this site was rejected lately."}
          </PanelNote>
        ) : (
          <div className="px-4 pb-4 sm:px-5 lg:pl-0">
            <Samples
              open
              caption="The newest rejected events"
              heads={["Reason", "What is wrong", "As it was sent"]}
              rows={rows.map(({ at, code, message, sample }, index) => ({
                key: `${at}${index}`,
                at,
                cells: [code, message, sample],
              }))}
            />
          </div>
        )
      }
    </Answer>
  );
}
