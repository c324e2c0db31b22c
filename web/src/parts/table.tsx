import type { ReactNode } from "react";
import { useId } from "react";

export interface Column<Row> {
  id: string;
  text: string;
  /** Numbers stand at the right. */
  number?: boolean;
  /** Whether its head sorts by it. */
  sorts?: boolean;
  cell: (row: Row) => ReactNode;
}

/** A table whose heads sort; the caller does the sorting. */
export function Table<Row>({
  caption,
  columns,
  rows,
  keyOf,
  sort,
  onSort,
  className = "",
}: {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row, index: number) => string;
  sort?: { by: string; order: "asc" | "desc" };
  onSort?: (by: string) => void;
  className?: string;
}) {
  const id = useId();
  return (
    <section className={`overflow-x-auto ${className}`} tabIndex={0} aria-labelledby={id}>
      <table className="w-full border-collapse text-sm">
        <caption id={id} className="sr-only">
          {caption}
        </caption>
        <thead>
          <tr className="border-b border-line text-left text-muted">
            {columns.map((column) => {
              const sorted = sort?.by === column.id ? sort.order : null;
              return (
                <th
                  key={column.id}
                  scope="col"
                  className={`px-3 py-2 font-medium whitespace-nowrap ${column.number ? "text-right" : ""}`}
                  {...(sorted === null
                    ? {}
                    : { "aria-sort": sorted === "asc" ? "ascending" : "descending" })}
                >
                  {column.sorts && onSort !== undefined ? (
                    <button
                      type="button"
                      className="hover:text-ink"
                      onClick={() => onSort(column.id)}
                    >
                      {column.number === true && <Arrow sorted={sorted} />}
                      {column.text}
                      {column.number !== true && <Arrow sorted={sorted} />}
                    </button>
                  ) : (
                    column.text
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={keyOf(row, index)} className="border-b border-line/60 hover:bg-ground">
              {columns.map((column) => (
                <td
                  key={column.id}
                  className={`px-3 py-2 ${column.number ? "text-right tabular-nums" : "max-w-96 truncate"}`}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Its place is kept free, at the side where it does not move the head off its column. */
function Arrow({ sorted }: { sorted: "asc" | "desc" | null }) {
  return (
    <span aria-hidden="true" className="mx-0.5 inline-block w-3">
      {sorted === null ? "" : sorted === "asc" ? "↑" : "↓"}
    </span>
  );
}
