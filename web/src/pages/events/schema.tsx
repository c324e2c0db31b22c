// What the server found out about the events' properties, and how they agree with the declared
// schema. The samples in it are the owner's: it needs a key even where the site is public.

import { useQuery } from "@tanstack/react-query";
import { ask } from "../../api/client";
import { embedded } from "../../api/key";
import { useSite } from "../../api/site";
import type { Schemas } from "../../api/types";
import { Answer } from "../../parts/answer";
import { PanelNote } from "../../parts/panel";
import { Skeleton } from "../../parts/skeleton";
import { KeyGate, opens } from "../../shell/key-gate";
import { dateRange } from "../../view/period";
import { useView } from "../../view/use-view";
import { SchemaOf } from "./schema-of";
import { schemaPeriod } from "./schema-words";

export function ObservedSchema({ name }: { name: string }) {
  const site = useSite();
  const [view] = useView();
  const enough = opens(site.access, "read");
  const period = schemaPeriod(dateRange(view.period, site.timezone));
  const path = `/api/v1/sites/${encodeURIComponent(site.id)}/schema?period=${encodeURIComponent(period)}`;
  const schema = useQuery({
    queryKey: [site.id, "schema", path],
    queryFn: ({ signal }) => ask<Schemas["ObservedSchema"]>(site.id, path, { signal }),
    enabled: enough,
    retry: false,
    staleTime: 60_000,
  });
  if (!enough) {
    if (embedded()) return <PanelNote>The schema is shown in the dashboard itself.</PanelNote>;
    return (
      <div className="max-w-xl px-4 py-5 text-sm text-muted sm:px-5">
        <p className="mb-3 text-ink">
          The observed schema has samples of what was sent, so it is shown to holders of a key
          alone.
        </p>
        <KeyGate kind="read" />
      </div>
    );
  }
  return (
    <Answer query={schema} loading={<SchemaLoading />}>
      {(data) => {
        const event = data.events.find((known) => known.name === name);
        return event === undefined ? (
          <PanelNote>No event of this name in this period.</PanelNote>
        ) : (
          <SchemaOf event={event} />
        );
      }}
    </Answer>
  );
}

function SchemaLoading() {
  return (
    <div className="flex flex-col gap-6 p-5">
      {Array.from({ length: 6 }, (_, index) => (
        <Skeleton key={index} className="h-5 w-full" />
      ))}
    </div>
  );
}
