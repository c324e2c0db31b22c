// All rows of a list: searched, sorted and paged by the server.

import { type ReactNode, useEffect, useRef, useState } from "react";
import { useReport } from "../../api/report";
import type { Report, ReportRow } from "../../api/types";
import { formatCount } from "../../format";
import { Answer } from "../../parts/answer";
import { Change } from "../../parts/change";
import { Dialog } from "../../parts/dialog";
import { BUTTON, FIELD } from "../../parts/menu";
import { Skeleton } from "../../parts/skeleton";
import { type Column, Table } from "../../parts/table";
import { isConverting } from "../../view/filters";
import { type MetricId, metricName, metricShort, metricText } from "../../view/metrics";
import { nothingText } from "../../view/view";
import { searched } from "../../view/search";
import { useView } from "../../view/use-view";
import { columnsOf, fileWord, headOf, longList } from "./breakdown";
import { ExportRows } from "./export-menu";
import { CountryFlag } from "../../parts/country-flag";
import { countryOf, picked, rowText } from "./rows";
import { type Detail, useDetail } from "./use-detail";

const PAGE = 100;

/** The dialog, where the URL says that it is open. */
export function Details() {
  const { detail } = useDetail();
  return detail === null ? null : <OpenDetails key={detail.dimension} detail={detail} />;
}

function OpenDetails({ detail }: { detail: Detail }) {
  const [view] = useView();
  const { close, change } = useDetail();
  const { dimension, order, page } = detail;
  // A goal's own row is about those who reach it in any case.
  const converting = dimension === "event:goal" || isConverting(view.filters);
  const metrics = columnsOf(dimension, converting);
  const sort =
    detail.sort !== null && [dimension, ...metrics].some((by) => by === detail.sort)
      ? detail.sort
      : null;
  const by = sort ?? metrics[0] ?? "visitors";
  // Goals are no texts to the server: there are few enough to read them all.
  const searches = dimension !== "event:goal";
  const question = longList(
    dimension,
    converting,
    searches ? searched(dimension, detail.search) : [],
  );
  const report = useReport({
    ...question,
    orderBy: [[by, sort === null ? "desc" : order]],
    limit: PAGE,
    offset: page * PAGE,
    totalRows: true,
  });
  const title = `${headOf(dimension)}: details`;

  // One step in the history: the dialog closes with the filter set.
  const pick = (row: ReportRow) =>
    close({ filters: picked(view.filters, dimension, row.dimensions) });

  return (
    <Dialog
      wide
      title={title}
      onClose={() => close()}
      aside={<ExportRows question={question} what={fileWord(dimension)} label={title} />}
    >
      <div className="flex flex-col gap-3 p-4 sm:p-5">
        {searches && (
          <Search
            value={detail.search}
            onChange={(search) => change({ search, page: 0 })}
            label={`Search ${headOf(dimension)}`}
          />
        )}
        <Answer
          query={report}
          loading={<TableLoading />}
          isEmpty={({ results }) => results.length === 0 && page === 0}
          empty={detail.search === "" ? nothingText(view) : "Nothing is called that."}
        >
          {(data) => (
            <>
              <Table
                caption={title}
                columns={columns(dimension, metrics, converting, data, pick)}
                rows={data.results}
                keyOf={({ dimensions }) => dimensions.join("\u0000")}
                sort={{ by, order: sort === null ? "desc" : order }}
                onSort={(next) =>
                  change({
                    sort: next,
                    order: next === by && (sort === null || order === "desc") ? "asc" : "desc",
                    page: 0,
                  })
                }
              />
              <Pager
                page={page}
                rows={data.results.length}
                total={data.meta.total_rows ?? data.results.length}
                onPage={(next) => change({ page: next })}
              />
            </>
          )}
        </Answer>
      </div>
    </Dialog>
  );
}

function columns(
  dimension: string,
  metrics: readonly MetricId[],
  converting: boolean,
  report: Report,
  pick: (row: ReportRow) => void,
): Column<ReportRow>[] {
  const name: Column<ReportRow> = {
    id: dimension,
    text: headOf(dimension),
    sorts: true,
    cell: (row) => <Name dimension={dimension} row={row} onPick={() => pick(row)} />,
  };
  const figures = metrics.map((metric, index): Column<ReportRow> => {
    return {
      id: metric,
      text: metricName(metric, converting).text,
      number: true,
      sorts: true,
      cell: ({ metrics: cells }) => (
        <span title={metricText(metric, cells[index], converting)}>
          {metricShort(metric, cells[index])}
        </span>
      ),
    };
  });
  if (report.meta.comparison_date_range === undefined) return [name, ...figures];
  const change: Column<ReportRow> = {
    id: "change",
    text: "Change",
    number: true,
    cell: (row): ReactNode => <Change percent={row.comparison?.change[0]} />,
  };
  return [name, ...figures.slice(0, 1), change, ...figures.slice(1)];
}

function Name({
  dimension,
  row,
  onPick,
}: {
  dimension: string;
  row: ReportRow;
  onPick: () => void;
}) {
  const text = rowText(dimension, row.dimensions);
  const country = countryOf(dimension, row.dimensions);
  return (
    <button
      type="button"
      title={`${text} · Filter by ${text}`}
      className="flex max-w-full items-center gap-2 text-left hover:underline"
      onClick={onPick}
    >
      {country !== null && <CountryFlag code={country} />}
      <span className="truncate">{text === "" ? "(none)" : text}</span>
    </button>
  );
}

/** Asks when the reader pauses, not with each letter. */
function Search({
  value,
  onChange,
  label,
}: {
  value: string;
  onChange: (text: string) => void;
  label: string;
}) {
  const [typed, setTyped] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <input
      type="search"
      className={`${FIELD} max-w-72`}
      aria-label={label}
      placeholder="Search"
      value={typed}
      onChange={({ target }) => {
        setTyped(target.value);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => onChange(target.value), 250);
      }}
    />
  );
}

function Pager({
  page,
  rows,
  total,
  onPage,
}: {
  page: number;
  rows: number;
  total: number;
  onPage: (page: number) => void;
}) {
  const first = page * PAGE + 1;
  return (
    <div className="mt-3 flex items-center gap-2 text-sm text-muted">
      <span role="status" className="mr-auto">
        {rows === 0
          ? "Nothing on this page."
          : `${formatCount(first)} – ${formatCount(first + rows - 1)} of ${formatCount(total)}`}
      </span>
      {(page > 0 || total > PAGE) && (
        <>
          <button
            type="button"
            className={BUTTON}
            disabled={page === 0}
            onClick={() => onPage(page - 1)}
          >
            Before
          </button>
          <button
            type="button"
            className={BUTTON}
            disabled={first + rows > total || rows === 0}
            onClick={() => onPage(page + 1)}
          >
            Next
          </button>
        </>
      )}
    </div>
  );
}

function TableLoading() {
  return (
    <div className="flex flex-col gap-3 py-3">
      {Array.from({ length: 12 }, (_, index) => (
        <Skeleton key={index} className="h-5 w-full" />
      ))}
    </div>
  );
}
