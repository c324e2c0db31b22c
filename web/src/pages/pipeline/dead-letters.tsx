import { formatBytes, formatCount } from "../../format";
import { Answer } from "../../parts/answer";
import { PanelNote } from "../../parts/panel";
import { Skeleton } from "../../parts/skeleton";
import { OwnersOnly, useOfSite } from "./owners-only";
import type { DeadLetters } from "./pipeline-shapes";
import { Samples } from "./samples";

/** How many of all sites' the server looks at, from the oldest on. */
const LOOKED_AT = 1_000;

/** Records of the site that could not be processed. */
export function DeadLetterList() {
  return (
    <OwnersOnly
      kind="admin"
      what="Dead letters show what was sent, so they are shown to the site's owner only."
    >
      <List />
    </OwnersOnly>
  );
}

function List() {
  const letters = useOfSite<DeadLetters>("dead-letters?limit=50", 5_000);
  return (
    <Answer query={letters} loading={<Skeleton className="m-4 h-40 w-[calc(100%-2rem)]" />}>
      {({ dead_letters: rows, total, unreadable }) => (
        <>
          {rows.length === 0 ? (
            <PanelNote>
              {total === null
                ? `There are more dead letters than are looked at, and none of this site among the oldest ${formatCount(LOOKED_AT)} of all sites: it may have newer ones.`
                : "This site has no dead letters."}
            </PanelNote>
          ) : (
            <div className="px-4 pb-4 sm:px-5 lg:pl-0">
              <p className="pt-2 text-sm text-muted">
                {total === null
                  ? `There are more than are looked at: these are of this site among the oldest ${formatCount(LOOKED_AT)} of all sites. It may have newer ones.`
                  : `${formatCount(total)} of this site.`}
              </p>
              <Samples
                open
                caption={total === null ? "Dead letters" : "The newest dead letters"}
                heads={["Why", "Event", "Page", "Size"]}
                rows={rows.map(({ at, reason, event, record_bytes: size }, index) => ({
                  key: `${at}${index}`,
                  at,
                  cells: [reason, event.name, event.url, formatBytes(size)],
                }))}
              />
            </div>
          )}
          {unreadable > 0 && (
            <p className="px-4 pb-4 text-sm text-muted sm:px-5 lg:px-0">
              {formatCount(unreadable)} more cannot be read, so nobody knows whose they are.
            </p>
          )}
        </>
      )}
    </Answer>
  );
}
