import { formatMoment } from "../../format";

/** Events as they were sent, folded away until one wants to see them. Everything is text. */
export function Samples({
  caption,
  heads,
  rows,
  open = false,
}: {
  caption: string;
  heads: readonly string[];
  rows: readonly { key: string; at: string | null; cells: readonly (string | null)[] }[];
  open?: boolean;
}) {
  return (
    <details className="mt-2 text-sm" open={open}>
      <summary className="w-fit cursor-pointer text-muted hover:text-ink">Samples</summary>
      <section className="mt-1 max-h-80 overflow-auto" tabIndex={0} aria-label={caption}>
        <table className="w-full border-collapse text-left text-xs">
          <caption className="sr-only">{caption}</caption>
          <thead className="text-muted">
            <tr className="border-b border-line">
              <th scope="col" className="py-1.5 pr-3 font-medium">
                Arrived
              </th>
              {heads.map((head) => (
                <th key={head} scope="col" className="px-3 py-1.5 font-medium">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, at, cells }) => (
              <tr key={key} className="border-b border-line/60 align-top">
                <td className="py-1.5 pr-3 whitespace-nowrap text-muted">
                  {at === null ? "not known" : formatMoment(at)}
                </td>
                {heads.map((head, index) => (
                  <td key={head} className="max-w-96 min-w-24 px-3 py-1.5 wrap-anywhere">
                    {cells[index] ?? <span className="text-muted">–</span>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
