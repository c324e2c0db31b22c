// What the reader takes home as a file.

import { ApiError, ask, download } from "../../api/client";
import { keyOf } from "../../api/key";
import { queryBody, type Question, viewBody } from "../../api/report";
import type { Report, Site } from "../../api/types";
import type { View } from "../../view/view";

/** More rows than this are for the API, page by page. */
const MOST_ROWS = 10_000;

/** Hands a file to the browser, which asks where to or keeps it among the downloads. */
export function saveFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // some browsers read it late
}

/** `demo-source-2026-11-15-2026-11-21.csv` */
export function fileName(site: string, what: string, range: unknown, ending: string): string {
  const dates = Array.isArray(range) ? range.map((end) => String(end).slice(0, 10)) : [range];
  const name = [site, what, ...dates].map(String).join("-");
  return `${name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-")}.${ending}`;
}

/** A report as a file, with all of its rows. */
export async function exportReport(
  site: Site,
  view: View,
  question: Question,
  what: string,
  format: "csv" | "json",
): Promise<void> {
  const { include: _, ...body } = queryBody(site, view, {
    ...question,
    limit: MOST_ROWS,
    offset: 0,
  });
  const name = fileName(site.id, what, body.date_range, format);
  if (format === "csv") {
    return saveFile(await download(site.id, "/api/v2/query", "text/csv", { body }), name);
  }
  const report = await ask<Report>(site.id, "/api/v2/query", { body });
  const text = `${JSON.stringify(report, null, 2)}\n`;
  saveFile(new Blob([text], { type: "application/json" }), name);
}

export type EventFormat = "csv" | "ndjson" | "parquet";

/** The events behind the view. May take as long as it takes: there is no deadline to it. */
export async function exportEvents(site: Site, view: View, format: EventFormat): Promise<void> {
  const { date_range: range, filters } = viewBody(site, view);
  const query = new URLSearchParams({
    site_id: site.id,
    date_range: Array.isArray(range) ? range.join(",") : String(range),
    format,
  });
  if (filters.length > 0) query.set("filters", JSON.stringify(filters));
  const key = keyOf(site.id);
  const response = await fetch(`/api/v1/export/events?${query}`, {
    headers: key === null ? {} : { "X-API-Key": key },
    cache: "no-store",
    credentials: "same-origin",
  });
  if (!response.ok) {
    const busy = response.status === 429;
    const reason = busy ? "other exports are running, try again in a moment" : "no export";
    throw new ApiError("refused", reason, response.status);
  }
  saveFile(await response.blob(), fileName(site.id, "events", range, format));
}
