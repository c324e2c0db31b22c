import { useQuery } from "@tanstack/react-query";
import { ask } from "../../api/client";
import { viewBody } from "../../api/report";
import { useSite } from "../../api/site";
import type { Schemas } from "../../api/types";
import { BUTTON } from "../../parts/menu";
import { PanelTabs } from "../../parts/tabs";
import { withValue } from "../../view/filters";
import { useParam, useView } from "../../view/use-view";
import { Course } from "./course";
import { Properties } from "./properties";
import { Samples } from "./samples";
import { ObservedSchema } from "./schema";

const TABS = [
  { id: "properties", text: "Properties" },
  { id: "samples", text: "Samples" },
  { id: "schema", text: "Schema" },
] as const;

type Tab = (typeof TABS)[number]["id"];

/** What is known of the events of one name. */
export function EventPanel({ name }: { name: string }) {
  const [view, setView] = useView();
  const [tab, setTab] = useParam<string>("show", "properties");
  const open: Tab = TABS.find(({ id }) => id === tab)?.id ?? "properties";
  const samples = useSamples(name);
  const filtered = view.filters.some(
    ({ dimension, values }) => dimension === "event:name" && values.includes(name),
  );
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div className="flex min-h-8 flex-wrap items-center justify-between gap-3">
        <h3 className="min-w-0 truncate text-base font-semibold" title={name}>
          {name}
        </h3>
        {!filtered && (
          <button
            type="button"
            className={`${BUTTON} no-print`}
            onClick={() => setView({ filters: withValue(view.filters, "event:name", name) })}
          >
            Filter by this event
          </button>
        )}
      </div>
      <Course name={name} />
      <PanelTabs label={`About ${name}`} tabs={TABS} value={open} onChange={(next) => setTab(next)}>
        {open === "properties" && <Properties name={name} samples={samples} />}
        {open === "samples" && <Samples samples={samples} />}
        {open === "schema" && <ObservedSchema name={name} />}
      </PanelTabs>
    </div>
  );
}

/** The latest events of the name: what is shown of them, and where property keys are known from. */
function useSamples(name: string) {
  const site = useSite();
  const [view] = useView();
  const body = {
    site_id: site.id,
    ...viewBody(site, view, [["is", "event:name", [name]]]),
    pagination: { limit: 100, offset: 0 },
  };
  return useQuery({
    queryKey: [site.id, "samples", body],
    queryFn: ({ signal }) =>
      ask<Schemas["EventDetails"]>(site.id, "/api/v1/events/query", { body, signal }),
    retry: false,
    staleTime: 30_000,
  });
}
