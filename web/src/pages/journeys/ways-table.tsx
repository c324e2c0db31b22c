import { formatCount, formatShare } from "../../format";
import { Panel } from "../../parts/panel";
import { ScrollBox } from "../../parts/scroll-box";
import { bySessions, nodeOf, toldApart, type Way } from "./flow";
import { textOf } from "./picture";

const MOST = 20;

/** The same as a list: the ways that most sessions went. */
export function WaysTable({
  ways,
  back,
  anchor,
}: {
  ways: readonly Way[];
  back: boolean;
  anchor: string;
}) {
  const all = ways.reduce((sum, { sessions }) => sum + sessions, 0);
  const [told, rest] = toldApart(ways);
  const rows = told.toSorted(bySessions).slice(0, MOST);
  const largest = rows[0]?.sessions ?? 1;
  return (
    <Panel title="Most frequent ways" note={`of ${formatCount(all)} sessions`}>
      <ScrollBox label="Most frequent ways" className="pb-2">
        <table className="w-full border-collapse text-sm">
          <caption className="sr-only">Most frequent ways</caption>
          <thead>
            <tr className="border-b border-line text-left text-muted">
              <th scope="col" className="px-4 py-2 font-medium sm:px-5">
                Way
              </th>
              <th scope="col" className="px-3 py-2 text-right font-medium">
                Sessions
              </th>
              <th scope="col" className="px-4 py-2 text-right font-medium sm:px-5">
                Share
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ keys, sessions }) => (
              <tr key={keys.join("\n")} className="border-b border-line/60 last:border-0">
                <td className="px-4 py-2 sm:px-5">
                  <Stations keys={back ? keys.toReversed() : keys} back={back} anchor={anchor} />
                </td>
                <td className="px-3 py-2 text-right">
                  <span
                    aria-hidden="true"
                    className="mr-3 inline-block h-1.5 rounded-full bg-stream/60 align-middle max-sm:hidden"
                    style={{ width: `${(sessions / largest) * 5}rem` }}
                  />
                  {formatCount(sessions)}
                </td>
                <td className="px-4 py-2 text-right text-muted sm:px-5">
                  {formatShare(sessions, all)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {rest > 0 && (
        <p className="px-4 pb-4 text-sm text-muted sm:px-5">
          {formatCount(rest)} sessions ({formatShare(rest, all)}) went over stations that are not
          told apart.
        </p>
      )}
    </Panel>
  );
}

function Stations({
  keys,
  back,
  anchor,
}: {
  keys: readonly string[];
  back: boolean;
  anchor: string;
}) {
  return (
    <span className="inline-flex flex-wrap items-center gap-x-1.5 gap-y-1">
      {keys.map((key, index) => {
        const node = nodeOf(key);
        return (
          <span key={key} className="inline-flex max-w-64 items-center gap-1.5">
            {index > 0 && (
              <span aria-hidden="true" className="text-muted">
                →
              </span>
            )}
            <span
              className={`truncate ${node.kind === "station" ? "" : node.kind === "anchor" ? "font-semibold" : "text-muted"}`}
            >
              {textOf(node, anchor, back)}
            </span>
          </span>
        );
      })}
    </span>
  );
}
