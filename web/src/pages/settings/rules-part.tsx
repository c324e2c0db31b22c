// What is discarded, how pages are written, where the script is.

import { useState } from "react";
import { ask } from "../../api/client";
import { useSite } from "../../api/site";
import { type Act, ActStatus, Labelled, useAct } from "../../parts/act";
import { Answer } from "../../parts/answer";
import { FIELD, PRIMARY } from "../../parts/menu";
import { Panel } from "../../parts/panel";
import { Skeleton } from "../../parts/skeleton";
import {
  FIELDS,
  fromForm,
  type ListField,
  type PathField,
  ruleError,
  type Rules,
  type RulesForm,
  toForm,
} from "./rules";
import { useRules } from "./script-part";
import { sitePath } from "./site-path";

export function RulesPart() {
  const site = useSite();
  const rules = useRules();
  const save = useAct(
    (next: Rules) =>
      ask<Rules>(site.id, sitePath(site.id, "settings"), { method: "PUT", body: next }),
    {
      done: () => "Saved. The rules count for events that arrive from now on.",
      refresh: [[site.id, "settings"]],
    },
  );
  return (
    <Answer query={rules} loading={<Skeleton className="h-96 w-full rounded-lg" />}>
      {(data) => <Form key={JSON.stringify(data)} rules={data} save={save} />}
    </Answer>
  );
}

/** Fields whose errors stand at the field, so that the line below need not say them again. */
function shownAt(error: unknown): readonly string[] {
  return ruleError(error, "internal.addresses") === null ? FIELDS : [...FIELDS, "settings"];
}

function Form({ rules, save }: { rules: Rules; save: Act<Rules> }) {
  const site = useSite();
  const [form, setForm] = useState<RulesForm>(() => toForm(rules));
  const admin = site.access === "admin";
  const list = (field: ListField, label: string, help: string) => (
    <Labelled label={label} help={help} error={ruleError(save.error, field)}>
      {(ids) => (
        <textarea
          {...ids}
          rows={3}
          spellCheck={false}
          disabled={!admin}
          className={`${FIELD} h-auto py-1.5 font-mono text-xs leading-5`}
          value={form.texts[field]}
          onChange={(event) =>
            setForm({ ...form, texts: { ...form.texts, [field]: event.target.value } })
          }
        />
      )}
    </Labelled>
  );
  const path = (field: PathField, label: string, help: string) => (
    <Labelled label={label} help={help} error={ruleError(save.error, field)}>
      {(ids) => (
        <input
          {...ids}
          spellCheck={false}
          disabled={!admin}
          className={`${FIELD} font-mono text-xs`}
          value={form.texts[field]}
          onChange={(event) =>
            setForm({ ...form, texts: { ...form.texts, [field]: event.target.value } })
          }
        />
      )}
    </Labelled>
  );
  const check = (
    field: "robots" | "dataCenters" | "keepWww" | "stripSlash",
    text: string,
    help: string,
  ) => (
    <label className="flex items-start gap-2.5 text-sm">
      <input
        type="checkbox"
        className="mt-0.5 size-4 shrink-0 accent-race"
        disabled={!admin}
        checked={form[field]}
        onChange={(event) => setForm({ ...form, [field]: event.target.checked })}
      />
      <span>
        {text}
        <span className="block text-xs text-muted">{help}</span>
      </span>
    </label>
  );
  return (
    <form
      className="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save.run(fromForm(form));
      }}
    >
      <Panel title="What is discarded" note="shown under Pipeline, and can be judged again">
        <div className="grid gap-4 px-4 pb-4 sm:px-5 md:grid-cols-2">
          {check("robots", "Robots", "crawlers, monitors, headless browsers, by their user agent")}
          {check("dataCenters", "Data centres", "where the server has a list of their addresses")}
          {list(
            "internal.addresses",
            "Your own addresses",
            "One a line, or networks: 203.0.113.7, 2001:db8::/32",
          )}
          {list(
            "internal.hostnames",
            "Hosts that do not count",
            "One a line; *. stands for every host below: *.preview.example.com",
          )}
          {list(
            "internal.paths",
            "Paths that do not count",
            "One a line; * is anything but a slash, ** anything: /admin/**",
          )}
        </div>
      </Panel>
      <Panel title="How pages are written" note="so that one page has one name">
        <div className="grid gap-4 px-4 pb-4 sm:px-5 md:grid-cols-2">
          {check("keepWww", "Keep www.", "www.example.com stays apart from example.com")}
          {check("stripSlash", "Take off the last slash", "/pricing/ becomes /pricing")}
          {list(
            "urls.query",
            "Query parameters that belong to a page’s name",
            "One a line; all others are left out",
          )}
          {list(
            "urls.own_hosts",
            "Further hosts of the site",
            "One a line: coming from them is not coming from elsewhere",
          )}
        </div>
      </Panel>
      <Panel title="The script’s own paths" note="for this site alone, beside /script.js">
        <div className="grid gap-4 px-4 pb-4 sm:px-5 md:grid-cols-2">
          {path("script.path", "Path of the script", "Such as /m/x7.js; empty for none")}
          {path("script.events_path", "Path that it sends to", "Such as /m/e; empty for none")}
        </div>
      </Panel>
      {admin && (
        <div className="sticky bottom-0 flex flex-wrap items-center gap-3 border-t border-line bg-ground/95 py-3 backdrop-blur">
          <button type="submit" className={PRIMARY} disabled={save.pending}>
            Save rules
          </button>
          <ActStatus act={save} fields={shownAt(save.error)} />
        </div>
      )}
    </form>
  );
}
