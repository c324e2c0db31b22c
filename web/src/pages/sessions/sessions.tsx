// The sessions of the view one by one, those of one visitor, and the time line of the one that is
// open: `session=` and `visitor=` in the URL.

import { PageHead } from "../../parts/page-head";
import { useParam } from "../../view/use-view";
import { SessionDialog } from "./session-dialog";
import { SessionList } from "./session-list";
import { VisitorSessions } from "./visitor-sessions";

export default function Sessions() {
  const [session] = useParam("session", null);
  const [visitor] = useParam("visitor", null);
  return (
    <>
      {visitor === null ? (
        <>
          <PageHead
            title="Sessions"
            text="Each visit as it went: where it came from, what it saw, and what it did, event by event."
          />
          <SessionList />
        </>
      ) : (
        <VisitorSessions key={visitor} visitor={visitor} />
      )}
      {session !== null && <SessionDialog key={session} session={session} />}
    </>
  );
}
