// How events get here: the script's tag with its options, and a command for servers.

import { useQuery } from "@tanstack/react-query";
import { ask } from "../../api/client";
import { useSite } from "../../api/site";
import { Panel } from "../../parts/panel";
import { opens } from "../../shell/key-gate";
import { useParam } from "../../view/use-view";
import { FirstEvent } from "./first-event";
import type { Rules } from "./rules";
import { sitePath } from "./site-path";
import { curlCommand, OPTIONS, type OptionId, readOptions, scriptTag } from "./snippet";
import { SnippetBox } from "./snippet-box";

export function useRules() {
  const site = useSite();
  return useQuery({
    queryKey: [site.id, "settings"],
    queryFn: ({ signal }) => ask<Rules>(site.id, sitePath(site.id, "settings"), { signal }),
    enabled: opens(site.access, "read"),
    retry: false,
    networkMode: "always",
  });
}

export function ScriptPart() {
  const site = useSite();
  const rules = useRules();
  const [written, write] = useParam<string>("with", "");
  const options = readOptions(written);
  const ownPath = rules.data?.script.path ?? null;
  const toggle = (id: OptionId) => {
    const next = options.includes(id) ? options.filter((one) => one !== id) : [...options, id];
    write(next.length === 0 ? null : next.join(","));
  };
  return (
    <>
      <FirstEvent />
      <Panel title="In a page">
        <div className="flex flex-col gap-4 px-4 pb-4 text-sm sm:px-5">
          <p className="text-muted">
            Put this into the <code className="font-mono">head</code> of every page. 3 KB, no
            cookies. It counts page views, how long and how far pages are read, links out, downloads
            and forms.
          </p>
          {site.require_key && (
            <p className="text-brass">
              This site takes events with a write key only, and the script has none: allow events
              without a key first, under Site.
            </p>
          )}
          <SnippetBox
            label="The script’s tag"
            text={scriptTag(location.origin, site.id, options, ownPath)}
          />
          <fieldset className="grid gap-x-6 gap-y-2.5 sm:grid-cols-2">
            <legend className="mb-2 font-medium">Options</legend>
            {OPTIONS.map(({ id, text, help }) => (
              <label key={id} className="flex items-start gap-2.5">
                <input
                  type="checkbox"
                  className="mt-0.5 size-4 shrink-0 accent-race"
                  checked={options.includes(id)}
                  onChange={() => toggle(id)}
                />
                <span>
                  {text}
                  <span className="block text-xs text-muted">{help}</span>
                </span>
              </label>
            ))}
          </fieldset>
          <p className="text-muted">
            What else happens on a page you say yourself:{" "}
            <code className="font-mono text-xs text-ink">
              {'millrace("signup", { props: { plan: "pro" } })'}
            </code>
            , or <code className="font-mono text-xs text-ink">data-mr-event="signup"</code> on a
            button.
          </p>
        </div>
      </Panel>
      <Panel title="From a server">
        <div className="flex flex-col gap-3 px-4 pb-4 text-sm sm:px-5">
          <p className="text-muted">
            With a write key a program sends for its visitors: it names their address and user
            agent, which find country and browser and are not kept.
          </p>
          <SnippetBox
            label="A command that sends an event"
            text={curlCommand(location.origin, site.id)}
          />
        </div>
      </Panel>
    </>
  );
}
