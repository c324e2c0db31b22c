// The keys of the site. A secret is shown once, when it is made.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ask } from "../../api/client";
import { useSite } from "../../api/site";
import type { Schemas } from "../../api/types";
import { formatMoment } from "../../format";
import { ActStatus, Confirm, useAct } from "../../parts/act";
import { Answer } from "../../parts/answer";
import { Choice } from "../../parts/choice";
import { PRIMARY, QUIET } from "../../parts/menu";
import { Panel } from "../../parts/panel";
import { Skeleton } from "../../parts/skeleton";
import { sitePath } from "./site-path";
import { SnippetBox } from "./snippet-box";

type Key = Schemas["Key"];
type NewKey = Schemas["NewKey"];

const KINDS = [
  { value: "write", text: "Write", help: "sends events" },
  { value: "read", text: "Read", help: "reads reports" },
  { value: "admin", text: "Admin", help: "reads reports and changes the site" },
] as const;
type Kind = (typeof KINDS)[number]["value"];

export function KeysPart() {
  const { id } = useSite();
  const refresh = [[id, "keys"]];
  const [kind, setKind] = useState<Kind>("write");
  const [made, setMade] = useState<NewKey | null>(null);
  const [revoking, setRevoking] = useState<Key | null>(null);
  const keys = useQuery({
    queryKey: [id, "keys"],
    queryFn: ({ signal }) => ask<{ keys: Key[] }>(id, sitePath(id, "keys"), { signal }),
    retry: false,
    networkMode: "always",
  });
  const make = useAct(
    (wanted: Kind) => ask<NewKey>(id, sitePath(id, "keys"), { body: { kind: wanted } }),
    { done: () => "The key is made.", refresh, onDone: setMade },
  );
  const revoke = useAct(
    (key: Key) => ask<void>(id, sitePath(id, "keys", key.id), { method: "DELETE" }),
    {
      done: (_, key) => `The ${key.kind} key ${key.id} is revoked.`,
      refresh,
      // A secret that opens nothing is not to be copied.
      onDone: (_, key) => setMade((kept) => (kept?.id === key.id ? null : kept)),
    },
  );
  return (
    <>
      <Panel title="Make a key">
        <form
          className="flex flex-col gap-3 px-4 pb-4 text-sm sm:px-5"
          onSubmit={(event) => {
            event.preventDefault();
            setMade(null);
            make.run(kind);
          }}
        >
          <div className="flex flex-wrap items-center gap-3">
            <Choice label="Kind of key" options={KINDS} value={kind} onChange={setKind} />
            <span className="text-muted">{KINDS.find(({ value }) => value === kind)?.help}</span>
            <button type="submit" className={PRIMARY} disabled={make.pending}>
              Make key
            </button>
          </div>
          <ActStatus act={make} />
          {made !== null && (
            <div className="flex flex-col gap-2 rounded-md border border-brass-fill bg-brass-soft p-3">
              <p className="font-medium">
                Copy it now: this {made.kind} key is shown this once, and kept nowhere.
              </p>
              <SnippetBox label="The new key" text={made.secret} />
              <button type="button" className={`${QUIET} self-start`} onClick={() => setMade(null)}>
                I have it
              </button>
            </div>
          )}
        </form>
      </Panel>
      <Panel title="Keys" note="times are by your own clock" aside={<ActStatus act={revoke} />}>
        <Answer
          query={keys}
          loading={<Skeleton className="m-4 h-24 w-[calc(100%-2rem)]" />}
          isEmpty={({ keys: rows }) => rows.length === 0}
          empty="The site has no key."
        >
          {({ keys: rows }) => (
            <ul className="px-4 pb-3 text-sm sm:px-5">
              {rows.toSorted(inForceFirst).map((key) => (
                <KeyRow key={key.id} of={key} onRevoke={() => setRevoking(key)} />
              ))}
            </ul>
          )}
        </Answer>
      </Panel>
      {revoking !== null && (
        <Confirm
          title={`Revoke the ${revoking.kind} key?`}
          button="Revoke"
          onSure={() => revoke.run(revoking)}
          onClose={() => setRevoking(null)}
        >
          <p>
            <code className="font-mono">{revoking.hint}…</code> opens nothing within two seconds,
            for whoever uses it. It cannot be brought back; another one can be made.
          </p>
        </Confirm>
      )}
    </>
  );
}

function KeyRow({ of, onRevoke }: { of: Key; onRevoke: () => void }) {
  const { id, kind, hint, current, created_at, revoked_at } = of;
  return (
    <li className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line/60 py-1.5 last:border-0">
      <span className="w-12 font-medium capitalize">{kind}</span>
      <code className="w-28 font-mono text-xs" title={`Id ${id}`}>
        {hint}…
      </code>
      <span className="min-w-0 flex-1 text-muted">
        made {formatMoment(created_at)}
        {revoked_at !== null && `, revoked ${formatMoment(revoked_at)}`}
      </span>
      {revoked_at !== null ? (
        <span className="text-muted">revoked</span>
      ) : current ? (
        <span className="text-good">this page’s own</span>
      ) : (
        <button
          type="button"
          className={QUIET}
          aria-label={`Revoke the ${kind} key ${hint}`}
          onClick={onRevoke}
        >
          Revoke…
        </button>
      )}
    </li>
  );
}

function inForceFirst(one: Key, other: Key): number {
  return Number(one.revoked_at !== null) - Number(other.revoked_at !== null);
}
