// The site itself: its zone, who may send, who may read.

import { type FormEvent, useId, useState } from "react";
import { ask } from "../../api/client";
import { siteOptions, useSite } from "../../api/site";
import type { Site } from "../../api/types";
import { formatMoment } from "../../format";
import { ActStatus, Confirm, fieldError, Labelled, useAct } from "../../parts/act";
import { BUTTON, FIELD, PRIMARY } from "../../parts/menu";
import { Panel } from "../../parts/panel";
import { useNow } from "../../parts/use-now";
import { wallClock } from "../../view/dates";
import { zoneGroups } from "./instants";
import { sitePath } from "./site-path";

type Change = Partial<Pick<Site, "timezone" | "public" | "require_key">>;

function useChange(done: string) {
  const { id } = useSite();
  return useAct(
    (change: Change) => ask<Site>(id, sitePath(id), { method: "PATCH", body: change }),
    { done: () => done, refresh: [siteOptions(id).queryKey, [id, "sites"], ["sites"]] },
  );
}

export function SitePart() {
  const site = useSite();
  return (
    <>
      <Panel title="Site" note="times are by your own clock">
        <dl className="grid gap-x-8 px-4 pb-4 text-sm sm:grid-cols-2 sm:px-5">
          <Fact text="Id" value={site.id} />
          <Fact text="Added" value={formatMoment(site.created_at)} />
          <Fact
            text="First event"
            value={site.first_event_at === null ? "none yet" : formatMoment(site.first_event_at)}
          />
          <Fact
            text="Last event"
            value={site.last_event_at === null ? "none yet" : formatMoment(site.last_event_at)}
          />
        </dl>
      </Panel>
      <Zone />
      <Sending />
      <Reading />
    </>
  );
}

function Fact({ text, value }: { text: string; value: string }) {
  return (
    <div className="flex justify-between gap-4 border-b border-line/60 py-1.5">
      <dt className="text-muted">{text}</dt>
      <dd className="min-w-0 font-medium wrap-anywhere">{value}</dd>
    </div>
  );
}

function Zone() {
  const site = useSite();
  const [zone, setZone] = useState(site.timezone);
  const now = useNow();
  const save = useChange("The zone is saved.");
  const admin = site.access === "admin";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.run({ timezone: zone });
  };
  return (
    <Panel title="Time zone">
      <form className="flex max-w-lg flex-col gap-3 px-4 pb-4 sm:px-5" onSubmit={submit}>
        <Labelled
          label="Days begin at midnight in"
          help={`It is ${wallClock(zone, now).slice(0, 16)} there. A change counts for every report at once, also of days that are over.`}
          error={fieldError(save.error, "timezone")}
        >
          {(ids) => (
            <select
              {...ids}
              className={FIELD}
              disabled={!admin}
              value={zone}
              onChange={(event) => setZone(event.target.value)}
            >
              {zoneGroups(site.timezone).map(([group, names]) =>
                group === "" ? (
                  names.map((name) => <option key={name}>{name}</option>)
                ) : (
                  <optgroup key={group} label={group}>
                    {names.map((name) => (
                      <option key={name}>{name}</option>
                    ))}
                  </optgroup>
                ),
              )}
            </select>
          )}
        </Labelled>
        {admin && (
          <div className="flex flex-wrap items-center gap-3">
            <button type="submit" className={PRIMARY} disabled={zone === site.timezone}>
              Save
            </button>
            <ActStatus act={save} fields={["timezone"]} />
          </div>
        )}
      </form>
    </Panel>
  );
}

function Sending() {
  const site = useSite();
  const box = useId();
  const save = useChange("Saved.");
  return (
    <Panel title="Who may send events">
      <div className="flex flex-col gap-2 px-4 pb-4 text-sm sm:px-5">
        <div className="flex items-start gap-2.5">
          <input
            id={box}
            type="checkbox"
            className="mt-0.5 size-4 accent-race"
            aria-describedby={`${box}-help`}
            checked={site.require_key}
            disabled={site.access !== "admin" || save.pending}
            onChange={(event) => save.run({ require_key: event.target.checked })}
          />
          <div>
            <label htmlFor={box} className="font-medium">
              Only with a write key
            </label>
            <p id={`${box}-help`} className="text-muted">
              For sites whose events come from servers. The browser script has no key, so pages stop
              counting while this is on.
            </p>
          </div>
        </div>
        <ActStatus act={save} />
      </div>
    </Panel>
  );
}

function Reading() {
  const site = useSite();
  const [asking, setAsking] = useState(false);
  const save = useChange(site.public ? "The site is public." : "The site is private.");
  return (
    <Panel title="Who may read the reports">
      <div className="flex flex-col gap-3 px-4 pb-4 text-sm sm:px-5">
        <p>
          This site is{" "}
          <strong className="font-semibold">{site.public ? "public" : "private"}</strong>:{" "}
          <span className="text-muted">
            {site.public
              ? "anybody who has the link sees its reports, and other pages can embed them. Keys, settings and samples stay the owner's."
              : "its reports are shown to holders of a read or admin key."}
          </span>
        </p>
        {site.access === "admin" && (
          <div className="flex flex-wrap items-center gap-3">
            <button type="button" className={BUTTON} onClick={() => setAsking(true)}>
              {site.public ? "Make private…" : "Make public…"}
            </button>
            <ActStatus act={save} />
          </div>
        )}
      </div>
      {asking && (
        <Confirm
          title={site.public ? `Make “${site.id}” private?` : `Make “${site.id}” public?`}
          button={site.public ? "Make private" : "Make public"}
          onSure={() => save.run({ public: !site.public })}
          onClose={() => setAsking(false)}
        >
          {site.public ? (
            <p>
              Links that you gave away, and pages that embed the dashboard, stop working for
              everybody without a key, within seconds.
            </p>
          ) : (
            <p>
              Everybody who knows or guesses the address will see all reports of this site: its
              pages, where visitors come from, sessions one by one with their user ids, and the
              values of properties.
            </p>
          )}
        </Confirm>
      )}
    </Panel>
  );
}
