// The simple reports, each decoded once into what the page draws. A missing or null field is a
// zero or an empty list; a body of another shape is an error, not a blank page.

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { ApiError, failureOf, getReport, isObject } from "./client";

export const RANGES = ["24h", "7d", "30d"] as const;
export type Range = (typeof RANGES)[number];

export interface Count {
  name: string;
  count: number;
}

export interface Live {
  visitors: number;
  eventsPerMinute: number;
  topElements: Count[];
}

export interface Bucket {
  time: string;
  count: number;
}

export interface Series {
  interval: string;
  buckets: Bucket[];
  /** When the server was asked: tells a bucket that is still filling. */
  readAt: number;
}

export interface Totals {
  events: number;
  last24Hours: number;
  byType: Count[];
}

export interface LastHour {
  events: number;
  visitors: number;
}

export interface RecentEvent {
  id: string;
  name: string;
  visitor: string | null;
  url: string | null;
  timestamp: string;
  properties: [string, string][];
}

export const live = (site: string) =>
  report(site, "live", 2_000, async (signal) => {
    const body = object(await getReport("/metrics", site, {}, signal));
    return {
      visitors: number(body["active_users"]),
      eventsPerMinute: number(body["events_per_min"]),
      topElements: counts(body["top_elements"], "element"),
    } satisfies Live;
  });

/** Events in each ten seconds of the last five minutes, oldest first. */
export const lastMinutes = (site: string) =>
  report(site, "last-minutes", 2_000, async (signal) => {
    const body = object(await getReport("/metrics/realtime", site, {}, signal));
    return list(body["buckets"]).map((bucket) => ({
      time: text(bucket["timestamp"]) ?? "",
      count: Object.values(isObject(bucket["counts"]) ? bucket["counts"] : {}).reduce<number>(
        (sum, count) => sum + number(count),
        0,
      ),
    })) satisfies Bucket[];
  });

export const timeseries = (site: string, range: Range) =>
  queryOptions({
    ...report(site, `timeseries-${range}`, range === "24h" ? 5_000 : 30_000, async (signal) => {
      const readAt = Date.now();
      const body = object(await getReport("/analytics/timeseries", site, { range }, signal));
      const result = object(body["result"]);
      return {
        interval: text(result["interval"]) ?? "hour",
        buckets: list(result["data"]).map((bucket) => ({
          time: text(bucket["time"]) ?? "",
          count: number(bucket["count"]),
        })),
        readAt,
      } satisfies Series;
    }),
    placeholderData: keepPreviousData,
  });

export const totals = (site: string) =>
  report(site, "totals", 2_000, async (signal) => {
    const body = object(await getReport("/analytics/summary", site, {}, signal));
    const summary = object(body["summary"]);
    return {
      events: number(summary["total_events"]),
      last24Hours: number(summary["last_24_hours"]),
      byType: counts(summary["by_type"], "event_type"),
    } satisfies Totals;
  });

export const lastHour = (site: string) =>
  report(site, "last-hour", 5_000, async (signal) => {
    const body = object(await getReport("/metrics/summary", site, {}, signal));
    const hour = object(body["last_hour"]);
    return {
      events: number(hour["total_events"]),
      visitors: number(hour["unique_users"]),
    } satisfies LastHour;
  });

export const topPages = (site: string) =>
  report(site, "top-pages", 5_000, async (signal) => {
    const body = object(await getReport("/analytics/top-pages", site, {}, signal));
    return counts(body["pages"], "page_url");
  });

export const RECENT_LIMIT = 20;

export const recentEvents = (site: string) =>
  report(site, "recent", 2_000, async (signal) => {
    const body = object(
      await getReport("/analytics/recent", site, { limit: RECENT_LIMIT }, signal),
    );
    return list(body["events"]).map((event): RecentEvent => ({
      id: text(event["event_id"]) ?? "",
      name: text(event["event_type"]) ?? "",
      visitor: text(event["user_id"]),
      url: text(event["page_url"]),
      timestamp: text(event["timestamp"]) ?? "",
      properties: Object.entries(isObject(event["metadata"]) ? event["metadata"] : {}).map(
        ([key, value]) => [key, plain(value)],
      ),
    }));
  });

/**
 * A report that keeps itself fresh: every `everyMs`, also while the server is away, so that the
 * page recovers without being reloaded. Only a missing key ends it: asking again would not help.
 */
function report<T>(
  site: string,
  name: string,
  everyMs: number,
  read: (signal: AbortSignal) => Promise<T>,
) {
  return queryOptions({
    queryKey: [site, name],
    queryFn: ({ signal }) => read(signal),
    retry: false,
    networkMode: "always", // a server on this machine needs no connection to the internet
    refetchInterval: (query) => {
      const failure = failureOf(query.state.error);
      if (failure === "key") return false;
      return failure === null || failure === "away" ? everyMs : Math.max(everyMs, 5_000);
    },
  });
}

function object(value: unknown): Record<string, unknown> {
  if (isObject(value)) return value;
  throw new ApiError("broken", "the server's answer has an unknown shape");
}

function list(value: unknown): Record<string, unknown>[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.filter(isObject);
  throw new ApiError("broken", "the server's answer has an unknown shape");
}

function counts(value: unknown, label: string): Count[] {
  return list(value).map((row) => ({ name: text(row[label]) ?? "", count: number(row["count"]) }));
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
