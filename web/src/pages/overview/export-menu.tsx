// Menus that save what is shown as files.

import { useMutation } from "@tanstack/react-query";
import type { Question } from "../../api/report";
import { useSite } from "../../api/site";
import { failureText } from "../../parts/answer";
import { BUTTON, Menu, type MenuItem, QUIET } from "../../parts/menu";
import type { Interval } from "../../view/period";
import { useView } from "../../view/use-view";
import { exportEvents, exportReport } from "./export";
import { figuresOf } from "./figures";
import { bucketsQuestion } from "./use-figures";

function useSaving() {
  return useMutation({ mutationFn: (save: () => Promise<void>) => save() });
}

/** A failure of saving, and that it takes a while. */
function Saving({ saving }: { saving: ReturnType<typeof useSaving> }) {
  return (
    <span role="status" className="max-w-60 truncate text-xs text-muted">
      {saving.isPending && "Saving …"}
      {saving.error !== null && <span className="text-fault">{failureText(saving.error)}</span>}
    </span>
  );
}

const EVENT_FORMATS = [
  { id: "csv", text: "Events, CSV" },
  { id: "ndjson", text: "Events, NDJSON" },
  { id: "parquet", text: "Events, Parquet" },
] as const;

/** The chart's figures, and for holders of a key the events themselves. */
export function ExportMenu({ interval }: { interval: Interval }) {
  const site = useSite();
  const [view] = useView();
  const saving = useSaving();
  const events: MenuItem[] = EVENT_FORMATS.map(({ id, text }) => ({
    id,
    text,
    onSelect: () => saving.mutate(() => exportEvents(site, view, id)),
  }));
  const figures = (["csv", "json"] as const).map((format): MenuItem => ({
    id: `figures-${format}`,
    text: `Figures over time, ${format.toUpperCase()}`,
    onSelect: () =>
      saving.mutate(() =>
        exportReport(site, view, bucketsQuestion(interval, figuresOf(view)), "figures", format),
      ),
  }));
  return (
    <span className="no-print flex items-center gap-2">
      <Saving saving={saving} />
      <Menu
        label="Export"
        className={BUTTON}
        trigger={
          <>
            <span aria-hidden="true">↓</span>
            <span className="max-sm:hidden">Export</span>
          </>
        }
        groups={site.access === "public" ? [figures] : [figures, events]}
      />
    </span>
  );
}

/** A panel's rows, all of them. */
export function ExportRows({
  question,
  what,
  label,
}: {
  question: Question;
  /** In the file's name. */
  what: string;
  label: string;
}) {
  const site = useSite();
  const [view] = useView();
  const saving = useSaving();
  return (
    <span className="no-print flex items-center gap-2">
      <Saving saving={saving} />
      <Menu
        label={`Export ${label}`}
        className={QUIET}
        trigger={
          <>
            <span aria-hidden="true">↓</span> Export
          </>
        }
        groups={[
          (["csv", "json"] as const).map((format) => ({
            id: format,
            text: format.toUpperCase(),
            onSelect: () => saving.mutate(() => exportReport(site, view, question, what, format)),
          })),
        ]}
      />
    </span>
  );
}
