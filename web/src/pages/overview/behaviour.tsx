// What visitors did: events with their properties, and goals.

import { PanelTabs } from "../../parts/tabs";
import { useParam } from "../../view/use-view";
import { Events } from "./events";
import { Goals } from "./goals";

const TABS = [
  { id: "events", text: "Events" },
  { id: "goals", text: "Goals" },
] as const;

export function Behaviour() {
  const [named, open] = useParam<(typeof TABS)[number]["id"]>("behaviour", "events");
  const tab = TABS.find(({ id }) => id === named)?.id ?? "events";
  return (
    <PanelTabs
      label="Events and goals"
      tabs={TABS}
      value={tab}
      onChange={open}
      className="lg:col-span-2"
    >
      {tab === "events" ? <Events /> : <Goals />}
    </PanelTabs>
  );
}
