// The last five minutes in buckets of ten seconds, each a pile of events by type.

import { useState } from "react";
import { useSite } from "../../api/site";
import { formatCount } from "../../format";
import { Panel, PanelNote } from "../../parts/panel";
import { Skeleton } from "../../parts/skeleton";
import {
  type Buckets,
  COLOURED,
  type Column,
  columns,
  REST,
  roundTop,
  slotsFor,
  totals,
} from "./by-type";
import { clockText } from "../sessions/moments";
import { typeColour } from "./type-colour";

const HEIGHT = 100;
const STEP = 10;
const GAP = 1.5;

/** Which name has which colour, here and in the stream. */
export function useSlots(buckets: Buckets | null): readonly (string | null)[] {
  const [slots, setSlots] = useState<readonly (string | null)[]>([]);
  const next = slotsFor(slots, totals(buckets ?? []));
  if (next !== slots) setSlots(next);
  return next;
}

export function TypeChart({
  buckets,
  slots,
  onPick,
}: {
  buckets: Buckets | null;
  slots: readonly (string | null)[];
  onPick: (name: string) => void;
}) {
  const [at, point] = useState<number | null>(null);
  const sums = totals(buckets ?? []);
  if (buckets === null) {
    return (
      <Panel title="Last five minutes" note="by type of event">
        <div className="h-64 px-4 pb-4 sm:px-5" aria-busy="true">
          <Skeleton className="h-full w-full" />
        </div>
      </Panel>
    );
  }
  const drawn = columns(buckets, slots);
  const top = roundTop(Math.max(0, ...drawn.map(({ total }) => total)));
  const named = slots.flatMap((name, slot) => (name === null ? [] : [{ name, slot }]));
  const rest = [...sums].reduce(
    (sum, [name, count]) => (slots.includes(name) ? sum : sum + count),
    0,
  );
  const said = named.map(({ name }) => `${name} ${formatCount(sums.get(name) ?? 0)}`).join(", ");
  const column = at === null ? undefined : drawn[at];
  return (
    <Panel title="Last five minutes" note="events in ten seconds each, by type">
      <div className="flex flex-col gap-3 px-4 pb-4 sm:px-5">
        <div className="relative h-44">
          <Grid top={top} />
          <svg
            role="img"
            aria-label={`Events of the last five minutes: ${said === "" ? "none" : said}`}
            viewBox={`0 0 ${drawn.length * STEP} ${HEIGHT}`}
            preserveAspectRatio="none"
            className="absolute inset-0 h-full w-full pr-0 pl-9"
            onPointerLeave={() => point(null)}
          >
            {drawn.map((each, index) => (
              <g key={each.at} onPointerEnter={() => point(index)}>
                <rect
                  x={index * STEP}
                  width={STEP}
                  height={HEIGHT}
                  className={index === at ? "fill-ink/6" : "fill-transparent"}
                />
                {each.pieces.map((piece) => (
                  <rect
                    key={piece.name}
                    x={index * STEP + GAP}
                    width={STEP - 2 * GAP}
                    y={HEIGHT - ((piece.from + piece.count) / top) * HEIGHT}
                    height={(piece.count / top) * HEIGHT}
                    style={{ fill: typeColour(piece.slot) }}
                  />
                ))}
              </g>
            ))}
          </svg>
          {column !== undefined && at !== null && (
            <Tip column={column} place={(at + 0.5) / drawn.length} />
          )}
        </div>
        <div className="flex justify-between pl-9 text-xs text-muted" aria-hidden="true">
          <span>5 min ago</span>
          <span>now</span>
        </div>
        {named.length === 0 ? (
          <p className="h-7 text-sm text-muted">No event in five minutes.</p>
        ) : (
          <ul className="flex min-h-7 flex-wrap gap-x-1 gap-y-1 text-sm" aria-label="Types">
            {named.map(({ name, slot }) => (
              <li key={name}>
                <button
                  type="button"
                  title={`Filter by ${name}`}
                  className="flex h-7 max-w-60 items-center gap-2 rounded-md px-2 hover:bg-ground"
                  onClick={() => onPick(name)}
                >
                  <Dot slot={slot} />
                  <span className="truncate">{name}</span>
                  <span className="text-muted">{formatCount(sums.get(name) ?? 0)}</span>
                </button>
              </li>
            ))}
            {rest > 0 && (
              <li className="flex h-7 items-center gap-2 px-2">
                <Dot slot={COLOURED} />
                others <span className="text-muted">{formatCount(rest)}</span>
              </li>
            )}
          </ul>
        )}
        <AsTable drawn={drawn} names={named.map(({ name }) => name)} rest={rest > 0} />
      </div>
    </Panel>
  );
}

export function Dot({ slot }: { slot: number }) {
  return (
    <span
      aria-hidden="true"
      className="inline-block size-2.5 shrink-0 rounded-[3px]"
      style={{ background: typeColour(slot) }}
    />
  );
}

function Grid({ top }: { top: number }) {
  return (
    <div aria-hidden="true" className="absolute inset-0 text-xs text-muted">
      {[0, 0.5, 1].map((part) => (
        <div
          key={part}
          className="absolute inset-x-0 flex h-0 items-center"
          style={{ bottom: `${part * 100}%` }}
        >
          <span className="w-9 pr-2 text-right">{formatCount(top * part)}</span>
          <span className="h-px flex-1 bg-line" />
        </div>
      ))}
    </div>
  );
}

function Tip({ column, place }: { column: Column; place: number }) {
  const { timezone } = useSite();
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute top-2 z-10 min-w-36 rounded-md border border-line bg-panel px-3 py-2 text-xs shadow-lg"
      style={
        place > 0.6
          ? { right: `calc((100% - 2.25rem) * ${1 - place} + 1rem)` }
          : { left: `calc((100% - 2.25rem) * ${place} + 3.25rem)` }
      }
    >
      <p className="mb-1 font-medium">{clockText(column.at, timezone)}</p>
      {column.pieces.toReversed().map(({ name, slot, count }) => (
        <p key={name} className="flex items-center gap-2">
          <Dot slot={slot} />
          <span className="max-w-40 flex-1 truncate">{name === REST ? "others" : name}</span>
          <span>{formatCount(count)}</span>
        </p>
      ))}
      {column.pieces.length === 0 && <p className="text-muted">no event</p>}
    </div>
  );
}

/** The same for who does not see the picture. */
function AsTable({
  drawn,
  names,
  rest,
}: {
  drawn: readonly Column[];
  names: readonly string[];
  rest: boolean;
}) {
  const { timezone } = useSite();
  const heads = rest ? [...names, REST] : names;
  return (
    <details className="no-print text-sm">
      <summary className="w-fit cursor-pointer text-muted hover:text-ink">As a table</summary>
      {heads.length === 0 ? (
        <PanelNote>No event in five minutes.</PanelNote>
      ) : (
        <section className="mt-2 max-h-64 overflow-auto" tabIndex={0} aria-label="Events by type">
          <table className="w-full text-right">
            <thead className="text-muted">
              <tr>
                <th scope="col" className="py-1 pr-3 text-left font-medium">
                  From
                </th>
                {heads.map((name) => (
                  <th key={name} scope="col" className="px-3 py-1 font-medium">
                    {name === REST ? "others" : name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {drawn.toReversed().map(({ at, pieces }) => (
                <tr key={at} className="border-t border-line">
                  <th scope="row" className="py-1 pr-3 text-left font-normal whitespace-nowrap">
                    {clockText(at, timezone)}
                  </th>
                  {heads.map((name) => (
                    <td key={name} className="px-3 py-1">
                      {formatCount(pieces.find((piece) => piece.name === name)?.count ?? 0)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}
