// The site's own matters: a part at a time, which the URL names. What needs a key that the reader
// does not hold is asked for once, above all parts.

import { type ReactNode } from "react";
import { embedded, keyOf } from "../../api/key";
import { useSite } from "../../api/site";
import { QUIET } from "../../parts/menu";
import { Panel, PanelNote } from "../../parts/panel";
import { KeyGate, opens, useForgetKey } from "../../shell/key-gate";
import { useParam } from "../../view/use-view";
import { AnnotationsPart } from "./annotations-part";
import { GoalsPart } from "./goals-part";
import { KeysPart } from "./keys-part";
import { RulesPart } from "./rules-part";
import { SchemasPart } from "./schemas-part";
import { ScriptPart } from "./script-part";
import { SegmentsPart } from "./segments-part";
import { SitePart } from "./site-part";

const PARTS: readonly {
  id: string;
  text: string;
  /** The least that its content needs. */
  needs: "public" | "read" | "admin";
  content: () => ReactNode;
}[] = [
  { id: "site", text: "Site", needs: "public", content: SitePart },
  { id: "script", text: "Script", needs: "public", content: ScriptPart },
  { id: "keys", text: "Keys", needs: "admin", content: KeysPart },
  { id: "rules", text: "Rules", needs: "read", content: RulesPart },
  { id: "goals", text: "Goals", needs: "public", content: GoalsPart },
  { id: "segments", text: "Segments", needs: "public", content: SegmentsPart },
  { id: "annotations", text: "Annotations", needs: "public", content: AnnotationsPart },
  { id: "schemas", text: "Schemas", needs: "read", content: SchemasPart },
];

export default function Settings() {
  const site = useSite();
  const [named, open] = useParam<string>("part", "site");
  const part = PARTS.find(({ id }) => id === named) ?? PARTS[0];
  const forget = useForgetKey();
  if (part === undefined || embedded()) {
    return (
      <Panel title="Settings">
        <PanelNote>Settings are not part of an embedded page.</PanelNote>
      </Panel>
    );
  }
  const Content = part.content;
  const allowed = part.needs === "public" || opens(site.access, part.needs);
  return (
    <div className="grid items-start gap-4 md:grid-cols-[11rem_minmax(0,1fr)] md:gap-6">
      <nav aria-label="Settings" className="min-w-0 md:sticky md:top-4">
        <ul className="flex gap-1 overflow-x-auto p-0.5 [scrollbar-width:none] md:flex-col">
          {PARTS.map(({ id, text }) => (
            <li key={id}>
              <button
                type="button"
                className={`w-full rounded-md px-3 py-1.5 text-left text-sm whitespace-nowrap ${
                  id === part.id
                    ? "bg-race-soft font-semibold text-ink"
                    : "text-muted hover:bg-panel hover:text-ink"
                }`}
                {...(id === part.id ? { "aria-current": "page" as const } : {})}
                onClick={() => open(id, { replace: false })}
              >
                {text}
              </button>
            </li>
          ))}
        </ul>
        {keyOf(site.id) !== null && (
          <button type="button" className={`${QUIET} mt-2`} onClick={forget}>
            Forget the {site.access === "admin" ? "admin" : site.access === "read" ? "read" : ""}{" "}
            key
          </button>
        )}
      </nav>
      <div className="flex min-w-0 flex-col gap-4">
        {site.access !== "admin" && (
          <Panel title="For the site’s owner" note="to change anything here">
            <div className="max-w-2xl px-4 pb-4 text-sm text-muted sm:px-5">
              <KeyGate kind="admin" />
            </div>
          </Panel>
        )}
        {allowed ? (
          <Content />
        ) : (
          <Panel title={part.text}>
            <PanelNote>
              {part.needs === "admin"
                ? "Only holders of an admin key see them."
                : "Only holders of a read or admin key see them."}
            </PanelNote>
          </Panel>
        )}
      </div>
    </div>
  );
}
