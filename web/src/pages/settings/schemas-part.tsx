import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ask } from "../../api/client";
import { useSite } from "../../api/site";
import type { Schemas } from "../../api/types";
import { formatMoment } from "../../format";
import { Answer } from "../../parts/answer";
import { Panel } from "../../parts/panel";
import { Skeleton } from "../../parts/skeleton";
import { sitePath } from "./site-path";

const MODES: Record<string, string> = {
  observe: "violations are only shown",
  warn: "violations are counted",
  reject: "events that violate it are rejected",
};

/** What events were declared to carry. Declaring is done by the API or the command line. */
export function SchemasPart() {
  const { id } = useSite();
  const schemas = useQuery({
    queryKey: [id, "schemas"],
    queryFn: ({ signal }) => ask<Schemas["SchemaList"]>(id, sitePath(id, "schemas"), { signal }),
    retry: false,
    networkMode: "always",
  });
  return (
    <Panel title="Declared schemas" note="what properties of events must be">
      <div className="px-4 pb-2 text-sm text-muted sm:px-5">
        <p>
          Declared by <code className="font-mono text-xs text-ink">millrace schema set</code> or{" "}
          <code className="font-mono text-xs wrap-anywhere text-ink">
            PUT {sitePath(id, "schemas")}/&#123;event&#125;
          </code>{" "}
          (
          <a href="/docs" className="text-race underline">
            the API’s description
          </a>
          ). What events really carry, and where they violate a schema, is under{" "}
          <Link to="/sites/$site/events" params={{ site: id }} className="text-race underline">
            Events
          </Link>
          .
        </p>
      </div>
      <Answer
        query={schemas}
        loading={<Skeleton className="m-4 h-24 w-[calc(100%-2rem)]" />}
        isEmpty={({ schemas: rows }) => rows.length === 0}
        empty="No schema is declared. Events may carry any properties."
      >
        {({ schemas: rows }) => (
          <ul className="px-4 pb-3 text-sm sm:px-5">
            {rows.map(({ event, mode, schema, updated_at }) => (
              <li key={event} className="border-b border-line/60 py-2 last:border-0">
                <details>
                  <summary className="cursor-pointer">
                    <span className="font-medium">{event}</span>{" "}
                    <span className="text-muted">
                      {mode}: {MODES[mode] ?? ""}; since {formatMoment(updated_at)}
                    </span>
                  </summary>
                  <section
                    tabIndex={0}
                    aria-label={`Schema of ${event}`}
                    className="mt-2 overflow-x-auto"
                  >
                    <pre className="rounded-md border border-line bg-ground p-3 font-mono text-xs leading-5">
                      {JSON.stringify(schema, null, 2)}
                    </pre>
                  </section>
                </details>
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </Panel>
  );
}
