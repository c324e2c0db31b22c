import { formatCount, formatPercent } from "../../format";
import { ScrollBox } from "../../parts/scroll-box";
import { columnsOf, highestRate, type RateRow, type Returned, shade } from "./cohorts";

/** Rates as shaded cells, a row for each cohort or value; the colour only repeats the number. */
export function RateTable({
  caption,
  first,
  unit,
  rows,
  sum,
  text,
  counts,
  onPick,
}: {
  caption: string;
  /** What the first column holds. */
  first: string;
  /** Of time: `Week`. */
  unit: string;
  rows: readonly RateRow[];
  /** All of them together, above. */
  sum: RateRow;
  text: (id: string) => string;
  /** Whether visitors are shown in place of percent. */
  counts: boolean;
  onPick?: (id: string) => void;
}) {
  const columns = Math.max(columnsOf(rows), 1);
  const highest = highestRate(rows);
  return (
    <ScrollBox label={caption} className="px-4 pb-4 sm:px-5">
      <table className="w-full border-separate border-spacing-0.5 text-[0.8125rem]">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="text-left text-muted">
            <th scope="col" className="sticky left-0 z-[1] bg-panel py-1.5 pr-3 font-medium">
              {first}
            </th>
            <th scope="col" className="px-2 py-1.5 text-right font-medium">
              Visitors
            </th>
            {Array.from({ length: columns }, (_, offset) => (
              <th
                key={offset}
                scope="col"
                className="min-w-12 px-1.5 py-1.5 text-center font-medium whitespace-nowrap"
              >
                {offset === 0 ? `${unit} 0` : offset}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Row
            row={sum}
            columns={columns}
            highest={highest}
            text="All, on average"
            counts={counts}
            strong
          />
          {rows.map((row) => (
            <Row
              key={row.id}
              row={row}
              columns={columns}
              highest={highest}
              text={text(row.id)}
              counts={counts}
              onPick={onPick}
            />
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function Row({
  row,
  columns,
  highest,
  text,
  counts,
  strong = false,
  onPick,
}: {
  row: RateRow;
  columns: number;
  highest: number;
  text: string;
  counts: boolean;
  strong?: boolean;
  onPick?: ((id: string) => void) | undefined;
}) {
  const last = row.cells.length - 1;
  return (
    <tr className={strong ? "font-semibold" : ""}>
      <th
        scope="row"
        className={`sticky left-0 z-[1] max-w-44 truncate bg-panel py-1.5 pr-3 text-left whitespace-nowrap ${strong ? "" : "font-normal"}`}
      >
        {onPick === undefined ? (
          text
        ) : (
          <button type="button" className="hover:underline" onClick={() => onPick(row.id)}>
            {text}
          </button>
        )}
      </th>
      <td className="px-2 py-1.5 text-right text-muted">{formatCount(row.visitors)}</td>
      {Array.from({ length: columns }, (_, offset) => (
        <Cell
          key={offset}
          cell={row.cells[offset]}
          highest={highest}
          counts={counts}
          first={offset === 0}
          partial={row.partial && offset === last && offset > 0}
        />
      ))}
    </tr>
  );
}

function Cell({
  cell,
  highest,
  counts,
  first,
  partial,
}: {
  cell: Returned | undefined;
  highest: number;
  counts: boolean;
  first: boolean;
  partial: boolean;
}) {
  if (cell === undefined) return <td>&nbsp;</td>;
  const shown =
    cell.rate === null ? "–" : counts ? formatCount(cell.visitors) : formatPercent(cell.rate);
  const strength = first ? 0 : shade(cell.rate, highest);
  return (
    <td
      className={`rounded px-1.5 py-1.5 text-center ${first ? "bg-ground text-muted" : ""} ${partial ? "outline-1 -outline-offset-1 outline-muted outline-dashed" : ""}`}
      style={
        first
          ? undefined
          : { background: `color-mix(in srgb, var(--race) ${strength}%, var(--panel))` }
      }
      title={`${formatCount(cell.visitors)} of ${formatCount(cell.of)} visitors${partial ? ", so far" : ""}`}
    >
      {shown}
    </td>
  );
}
