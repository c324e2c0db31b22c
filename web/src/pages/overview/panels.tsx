// The panels with one list a tab. Which tab is open is in the URL; a closed one asks nothing until
// the pointer is over it.

import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { freshEvery, queryBody, reportOptions } from "../../api/report";
import { useSite } from "../../api/site";
import type { Report } from "../../api/types";
import { PanelTabs } from "../../parts/tabs";
import { dimensionText, isConverting } from "../../view/filters";
import { useParam, useView } from "../../view/use-view";
import { shortList } from "./breakdown";
import { ListPanel } from "./list-panel";
import { closer } from "./rows";

interface ListTab {
  id: string;
  text: string;
  dimension: string;
  empty?: ReactNode;
}

/** Asks for a list before it is opened. */
export function useHint() {
  const site = useSite();
  const [view] = useView();
  const queries = useQueryClient();
  return (dimension: string) => {
    const body = queryBody(site, view, shortList(dimension, isConverting(view.filters)));
    const every = freshEvery(view, site.timezone);
    void queries.prefetchQuery({
      ...reportOptions<Report>(site.id, "/api/v2/query", body, every),
      staleTime: 5_000,
    });
  };
}

export function TabbedLists({
  label,
  param,
  tabs,
  children,
}: {
  label: string;
  /** The key of the URL. */
  param: string;
  tabs: readonly ListTab[];
  /** What a tab shows that is no plain list. */
  children?: (tab: string) => ReactNode;
}) {
  const [view] = useView();
  const hint = useHint();
  const [named, open] = useParam(param, tabs[0]?.id ?? "");
  const tab = tabs.find(({ id }) => id === named) ?? tabs[0];
  if (tab === undefined) return null;
  const shown = (each: ListTab) => closer(each.dimension, view.filters);
  return (
    <PanelTabs
      label={label}
      tabs={tabs.map((each) => ({ id: each.id, text: each.text }))}
      value={tab.id}
      onChange={open}
      onHint={(id) => {
        const hinted = tabs.find((each) => each.id === id);
        if (hinted !== undefined) hint(shown(hinted));
      }}
    >
      {children?.(tab.id) ?? (
        <ListPanel
          key={shown(tab)}
          dimension={shown(tab)}
          {...(tab.empty === undefined ? {} : { empty: tab.empty })}
        />
      )}
    </PanelTabs>
  );
}

const PAGES: readonly ListTab[] = [
  { id: "top", text: "Pages", dimension: "event:page" },
  { id: "entry", text: "Entry pages", dimension: "visit:entry_page" },
  { id: "exit", text: "Exit pages", dimension: "visit:exit_page" },
];

export function Pages() {
  return <TabbedLists label="Pages" param="pages" tabs={PAGES} />;
}

const SOURCES: readonly ListTab[] = [
  { id: "sources", text: "Sources", dimension: "visit:source" },
  { id: "channels", text: "Channels", dimension: "visit:channel" },
  { id: "campaigns", text: "Campaigns", dimension: "visit:utm_campaign" },
  { id: "referrers", text: "Referrers", dimension: "visit:referrer" },
];

export function Sources() {
  return (
    <TabbedLists label="Sources" param="sources" tabs={SOURCES}>
      {(tab) => (tab === "campaigns" ? <Campaigns /> : null)}
    </TabbedLists>
  );
}

const UTM = ["utm_campaign", "utm_source", "utm_medium", "utm_content", "utm_term"] as const;

function Campaigns() {
  const [named, choose] = useParam<string>("utm", "utm_campaign");
  const tag = UTM.find((each) => each === named) ?? "utm_campaign";
  const dimension = `visit:${tag}`;
  return (
    <ListPanel
      key={dimension}
      dimension={dimension}
      empty={`No visit of this period has a ${dimensionText(dimension)} in the address that it came by.`}
      head={
        <select
          aria-label="Campaigns by"
          className="-ml-1 h-6 rounded border border-line bg-ground px-1 text-xs text-ink"
          value={tag}
          onChange={(event) => choose(event.target.value)}
        >
          {UTM.map((each) => (
            <option key={each} value={each}>
              {dimensionText(`visit:${each}`)}
            </option>
          ))}
        </select>
      }
    />
  );
}

const DEVICES: readonly ListTab[] = [
  { id: "browsers", text: "Browsers", dimension: "visit:browser" },
  { id: "systems", text: "Systems", dimension: "visit:os" },
  { id: "devices", text: "Devices", dimension: "visit:device" },
  { id: "screens", text: "Screens", dimension: "visit:screen" },
  { id: "languages", text: "Languages", dimension: "visit:language" },
];

export function Devices() {
  return <TabbedLists label="Devices" param="devices" tabs={DEVICES} />;
}
