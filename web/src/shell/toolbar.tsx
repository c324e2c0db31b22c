// What is looked at: period and comparison at the right, filters and segment at the left. It stays
// at the top while the page scrolls.

import { useSite } from "../api/site";
import { Menu, Pop, FIELD, PRIMARY, BUTTON } from "../parts/menu";
import { isDate, today } from "../view/dates";
import { datesOf, mayStep, PERIODS, periodText, step } from "../view/period";
import { useView } from "../view/use-view";
import { type FormEvent, useState } from "react";
import type { Comparison } from "../view/view";
import { FilterBar } from "./filter-bar";

export function Toolbar({ compares }: { compares: boolean }) {
  return (
    <div
      role="region"
      aria-label="Filters and period"
      className="no-print sticky top-0 z-20 border-b border-line bg-ground/95 backdrop-blur"
    >
      <div className="mx-auto flex max-w-[88rem] flex-wrap items-center gap-2 px-4 py-2 sm:px-6">
        <FilterBar />
        <div className="ml-auto flex flex-wrap items-center gap-2">
          <PeriodPicker />
          {compares && <ComparisonPicker />}
        </div>
      </div>
    </div>
  );
}

function PeriodPicker() {
  const { timezone } = useSite();
  const [view, setView] = useView();
  const [custom, setCustom] = useState(false);
  const named = "named" in view.period ? view.period.named : null;
  const go = (direction: -1 | 1) =>
    setView({ period: step(view.period, direction, timezone), interval: null });
  return (
    <div className="flex items-center gap-1">
      <button
        type="button"
        className={`${BUTTON} px-2`}
        aria-label="The period before"
        disabled={!mayStep(view.period, -1, timezone)}
        onClick={() => go(-1)}
      >
        <span aria-hidden="true">‹</span>
      </button>
      <button
        type="button"
        className={`${BUTTON} px-2`}
        aria-label="The period after"
        disabled={!mayStep(view.period, 1, timezone)}
        onClick={() => go(1)}
      >
        <span aria-hidden="true">›</span>
      </button>
      {custom ? (
        <CustomPeriod onDone={() => setCustom(false)} />
      ) : (
        <Menu
          label={`Period: ${periodText(view.period)}`}
          trigger={
            <>
              {periodText(view.period)} <span aria-hidden="true">▾</span>
            </>
          }
          groups={[
            ...[
              [0, 4],
              [4, 8],
              [8, 13],
            ].map(([from, to]) =>
              PERIODS.slice(from, to).map(({ id, text, key }) => ({
                id,
                text,
                note: key,
                chosen: id === named,
                onSelect: () => setView({ period: { named: id }, interval: null }),
              })),
            ),
            [
              ...PERIODS.slice(13).map(({ id, text, key }) => ({
                id,
                text,
                note: key,
                chosen: id === named,
                onSelect: () => setView({ period: { named: id }, interval: null }),
              })),
              { id: "custom", text: "From … to …", onSelect: () => setCustom(true) },
            ],
          ]}
        />
      )}
    </div>
  );
}

function CustomPeriod({ onDone }: { onDone: () => void }) {
  const { timezone } = useSite();
  const [view, setView] = useView();
  const dates = datesOf(view.period, timezone) ?? { from: today(timezone), to: today(timezone) };
  return (
    <Pop
      label="From … to …"
      trigger="From … to …"
      open
      onOpenChange={(open) => {
        if (!open) onDone();
      }}
    >
      <DateRangeForm
        dates={dates}
        onChoose={(period) => {
          setView({ period, interval: null });
          onDone();
        }}
      />
    </Pop>
  );
}

/** Two dates, both included. */
export function DateRangeForm({
  dates,
  onChoose,
}: {
  dates: { from: string; to: string };
  onChoose: (dates: { from: string; to: string }) => void;
}) {
  const [from, setFrom] = useState(dates.from);
  const [to, setTo] = useState(dates.to);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isDate(from) && isDate(to)) onChoose(from <= to ? { from, to } : { from: to, to: from });
  };
  return (
    <form className="flex w-64 flex-col gap-3" onSubmit={submit}>
      <label className="flex flex-col gap-1">
        From
        <input
          type="date"
          required
          className={FIELD}
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
      </label>
      <label className="flex flex-col gap-1">
        To, included
        <input
          type="date"
          required
          className={FIELD}
          value={to}
          onChange={(event) => setTo(event.target.value)}
        />
      </label>
      <button type="submit" className={PRIMARY}>
        Show
      </button>
    </form>
  );
}

function ComparisonPicker() {
  const [view, setView] = useView();
  const [custom, setCustom] = useState(false);
  const { comparison } = view;
  const text =
    typeof comparison === "object"
      ? `vs. ${periodText(comparison)}`
      : { none: "Compare", previous: "vs. previous period", year: "vs. a year before" }[comparison];
  const choose = (next: Comparison) => () => setView({ comparison: next });
  if (custom) {
    const dates = typeof comparison === "object" ? comparison : { from: "", to: "" };
    return (
      <Pop
        label="Compare with"
        trigger="Compare with …"
        open
        onOpenChange={(open) => {
          if (!open) setCustom(false);
        }}
      >
        <DateRangeForm
          dates={dates}
          onChoose={(chosen) => {
            setView({ comparison: chosen });
            setCustom(false);
          }}
        />
      </Pop>
    );
  }
  return (
    <Menu
      label={`Comparison: ${text}`}
      className={BUTTON}
      trigger={
        <>
          {comparison === "previous" ? (
            <span>
              vs. previous<span className="max-sm:hidden"> period</span>
            </span>
          ) : (
            text
          )}{" "}
          <span aria-hidden="true">▾</span>
        </>
      }
      groups={[
        [
          { id: "none", text: "Nothing", chosen: comparison === "none", onSelect: choose("none") },
          {
            id: "previous",
            text: "Previous period",
            chosen: comparison === "previous",
            onSelect: choose("previous"),
          },
          {
            id: "year",
            text: "A year before",
            chosen: comparison === "year",
            onSelect: choose("year"),
          },
          {
            id: "custom",
            text: "From … to …",
            chosen: typeof comparison === "object",
            onSelect: () => setCustom(true),
          },
        ],
        [
          {
            id: "match",
            text: "Match the day of the week",
            chosen: view.matchWeekday,
            onSelect: () => setView({ matchWeekday: !view.matchWeekday }),
          },
        ],
      ]}
    />
  );
}
