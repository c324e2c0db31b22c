// Keys for periods, and for what is done most: pressed anywhere but where one writes.

import { useEffect, useState } from "react";
import { useSite } from "../api/site";
import { Dialog } from "../parts/dialog";
import { mayStep, PERIODS, step } from "../view/period";
import { useView } from "../view/use-view";

export function Shortcuts({ compares }: { compares: boolean }) {
  const { timezone } = useSite();
  const [view, setView] = useView();
  const [help, setHelp] = useState(false);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (document.querySelector("dialog[open]") !== null) return; // its own Escape, no filter's
      const { target } = event;
      if (
        target instanceof Element &&
        target.closest("input, textarea, select, dialog, [role=menu]")
      )
        return;
      if (event.key === "?") return setHelp(true);
      const key = event.key.toUpperCase();
      const period = PERIODS.find((known) => known.key === key);
      if (period !== undefined) return setView({ period: { named: period.id }, interval: null });
      if (key === "X" && compares) {
        return setView({ comparison: view.comparison === "none" ? "previous" : "none" });
      }
      if (event.key === "Escape" && (view.filters.length > 0 || view.segment !== null)) {
        return setView({ filters: [], segment: null });
      }
      if (event.key === "," || event.key === ".") {
        const direction = event.key === "," ? -1 : 1;
        if (!mayStep(view.period, direction, timezone)) return;
        setView({ period: step(view.period, direction, timezone), interval: null });
      }
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [view, setView, timezone, compares]);
  if (!help) return null;
  const keys: [string, string][] = [
    ...PERIODS.map(({ key, text }): [string, string] => [key, text]),
    [", .", "The period before, the period after"],
    ["X", "Compare, or not"],
    ["Esc", "Take off all filters"],
    ["?", "This list"],
  ];
  return (
    <Dialog title="Keys" onClose={() => setHelp(false)}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-5 gap-y-1.5 px-5 py-4 text-sm">
        {keys.map(([key, text]) => (
          <div key={key} className="contents">
            <dt>
              <kbd className="rounded border border-line bg-ground px-1.5 font-mono">{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
