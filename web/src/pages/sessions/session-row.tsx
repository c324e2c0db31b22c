import { useSite } from "../../api/site";
import { formatCount, formatDuration } from "../../format";
import { ParamLink } from "../../parts/param-link";
import { useSetParams } from "../../view/use-view";
import { exactMoment, momentText } from "./moments";
import { Country, Who } from "./who";

export interface Row {
  id: string;
  start: string;
  /** Left out where the list is one visitor's. */
  visitor?: string;
  user?: string | null;
  source: string | null;
  country: string | null;
  device: string;
  entry: string | null;
  exit: string | null;
  pageviews: number;
  events: number;
  duration: number;
  bounce?: boolean;
}

const HEAD = "px-3 py-2.5 font-medium whitespace-nowrap first:pl-4 last:pr-4";
const CELL = "px-3 py-2 first:pl-4 last:pr-4";

export function RowsHead({ visitors = true }: { visitors?: boolean }) {
  return (
    <thead>
      <tr className="border-b border-line text-left text-muted">
        <th scope="col" className={HEAD}>
          Started
        </th>
        {visitors && (
          <th scope="col" className={`${HEAD} max-sm:hidden`}>
            Visitor
          </th>
        )}
        <th scope="col" className={`${HEAD} max-sm:hidden`}>
          Source
        </th>
        <th scope="col" className={`${HEAD} max-lg:hidden`}>
          Country
        </th>
        <th scope="col" className={`${HEAD} max-xl:hidden`}>
          Device
        </th>
        <th scope="col" className={HEAD}>
          Entry → exit
        </th>
        <th scope="col" className={`${HEAD} text-right max-md:hidden`}>
          Pageviews
        </th>
        <th scope="col" className={`${HEAD} text-right max-md:hidden`}>
          Events
        </th>
        <th scope="col" className={`${HEAD} text-right`}>
          Duration
        </th>
      </tr>
    </thead>
  );
}

/** The first cell is the link; a click anywhere else in the row is as good. */
export function SessionRow({ row }: { row: Row }) {
  const { timezone } = useSite();
  const setParams = useSetParams();
  return (
    <tr
      className="cursor-pointer border-b border-line/60 hover:bg-ground"
      onClick={(event) => {
        const onLink = event.target instanceof Element && event.target.closest("a") !== null;
        // Whoever selects a text does not mean to leave it.
        if (!onLink && getSelection()?.isCollapsed !== false) setParams({ session: row.id });
      }}
    >
      <td className={`${CELL} whitespace-nowrap`}>
        <ParamLink
          change={{ session: row.id }}
          className="font-medium text-race hover:underline"
          title={exactMoment(row.start, timezone)}
          label={`Session of ${momentText(row.start, timezone)}`}
        >
          {momentText(row.start, timezone)}
        </ParamLink>
        {row.visitor !== undefined && (
          <span className="mt-0.5 block text-muted sm:hidden">
            <Who visitor={row.visitor} user={row.user ?? null} />
          </span>
        )}
      </td>
      {row.visitor !== undefined && (
        <td className={`${CELL} max-sm:hidden`}>
          <ParamLink
            change={{ visitor: row.visitor, session: null }}
            className="hover:underline"
            label={`All sessions of visitor ${row.user ?? row.visitor.slice(0, 8)}`}
          >
            <Who visitor={row.visitor} user={row.user ?? null} />
          </ParamLink>
        </td>
      )}
      <td className={`${CELL} max-w-48 truncate max-sm:hidden`} title={row.source ?? undefined}>
        {row.source ?? "Direct / None"}
      </td>
      <td className={`${CELL} max-w-44 truncate max-lg:hidden`}>
        <Country code={row.country} />
      </td>
      <td className={`${CELL} max-w-48 truncate text-muted max-xl:hidden`}>
        {row.device === "" ? "–" : row.device}
      </td>
      <td className={CELL}>
        <Pages entry={row.entry} exit={row.exit} />
      </td>
      <td className={`${CELL} text-right max-md:hidden`}>{formatCount(row.pageviews)}</td>
      <td className={`${CELL} text-right max-md:hidden`}>{formatCount(row.events)}</td>
      <td className={`${CELL} text-right whitespace-nowrap`}>
        {row.bounce ? (
          <span className="text-muted" title="At most one interaction">
            bounced
          </span>
        ) : (
          formatDuration(row.duration)
        )}
      </td>
    </tr>
  );
}

function Pages({ entry, exit }: { entry: string | null; exit: string | null }) {
  if (entry === null) return <span className="text-muted">no page</span>;
  const text = exit === null || exit === entry ? entry : `${entry} → ${exit}`;
  return (
    <span className="block max-w-26 truncate sm:max-w-64 xl:max-w-96" title={text}>
      {entry}
      {exit !== null && exit !== entry && (
        <>
          <span className="text-muted"> → </span>
          {exit}
        </>
      )}
    </span>
  );
}
