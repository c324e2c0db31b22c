import { expect, test } from "vitest";
import type { Report, Site } from "../../api/types";
import { readView } from "../../view/view";
import { withValue } from "../../view/filters";
import {
  begun,
  bucketMetrics,
  changeOf,
  figuresOf,
  fits,
  lineOf,
  valuesOf,
  widthOf,
  widthsOf,
} from "./figures";

const NOW = Date.parse("2026-11-21T10:30:00Z");
const FIGURES = figuresOf({ filters: [] });
const site: Site = {
  id: "demo",
  timezone: "Europe/Berlin", // 11:30
  public: true,
  require_key: false,
  created_at: "2026-10-22T00:00:00Z",
  first_event_at: "2026-11-03T23:30:00Z", // the 4th in Berlin
  last_event_at: null,
  access: "public",
};

const report = (labels: string[], rows: [string, ...(number | null)[]][]): Report => ({
  results: rows.map(([label, ...metrics]) => ({ dimensions: [label], metrics })),
  meta: { as_of: "", time_labels: labels },
  query: { date_range: ["", ""] },
});

test("buckets without a row are nothing of a count and unknown of a rate", () => {
  const days = report(
    ["2026-11-19", "2026-11-20", "2026-11-21"],
    [
      ["2026-11-19", 5, 40],
      ["2026-11-21", 3, null],
    ],
  );
  expect(valuesOf(days, 0, "visitors")).toEqual([5, 0, 3]);
  expect(valuesOf(days, 1, "bounce_rate")).toEqual([40, null, null]);
});

test("where clocks go back, both hours of one name have their own row", () => {
  const hour = "2026-10-25 02:00:00";
  const hours = report(
    [hour, hour],
    [
      [hour, 7],
      [hour, 2],
    ],
  );
  expect(valuesOf(hours, 0, "visitors")).toEqual([7, 2]);
});

test("buckets to come are named and have no value; the one that fills is partial", () => {
  const labels = ["2026-11-21 10:00:00", "2026-11-21 11:00:00", "2026-11-21 12:00:00"];
  const today = report(labels, [[labels[0] ?? "", 4]]);
  expect(begun(labels, site.timezone, NOW)).toBe(2);
  const line = lineOf(today, undefined, "visitors", FIGURES, "hour", site.timezone, NOW);
  expect(line.values).toEqual([4, 0]);
  expect(line.partial).toBe(true);
  expect(line.labels).toHaveLength(3);
  expect(line.before).toBeUndefined();
});

test("a complete period has no partial bucket", () => {
  const line = lineOf(
    report(["2026-11-01"], [["2026-11-01", 1]]),
    report(["2026-10-31"], []),
    "visitors",
    FIGURES,
    "day",
    site.timezone,
    NOW,
  );
  expect(line.partial).toBe(false);
  expect(line.before).toEqual({ labels: ["2026-10-31"], values: [0] });
});

test("the width is the URL's where it suits the period", () => {
  expect(widthOf(readView({}), site, NOW)).toBe("day");
  expect(widthOf(readView({ interval: ["hour"] }), site, NOW)).toBe("hour");
  expect(widthOf(readView({ interval: ["month"] }), site, NOW)).toBe("day");
});

test("all time of a young site is days, not a single month", () => {
  const all = readView({ period: ["all"] });
  expect(widthsOf(all, site, NOW)).toEqual(["day", "hour", "week"]);
  expect(widthsOf(all, { ...site, first_event_at: "2023-01-01T00:00:00Z" }, NOW)[0]).toBe("month");
  expect(widthsOf(all, { ...site, first_event_at: null }, NOW)[0]).toBe("month");
});

test("a change is of the figure's own place", () => {
  const totals: Report = {
    ...report([], []),
    results: [
      {
        dimensions: [],
        metrics: [2, 3],
        comparison: { dimensions: [], metrics: [1, null], change: [100, null] },
      },
    ],
  };
  expect(changeOf(totals, 0)).toBe(100);
  expect(changeOf(totals, 1)).toBeNull();
  expect(changeOf(report([], []), 0)).toBeUndefined();
});

test("a goal that is filtered by makes figures of conversions", () => {
  const figures = figuresOf({ filters: withValue([], "event:goal", "Signup") });
  expect(figures).toEqual(["visitors", "events", "conversion_rate"]);
  // A day's rate is of that day's visitors, not of the whole period's.
  expect(bucketMetrics(figures)).toEqual(["visitors", "events", "group_conversion_rate"]);
  const kept: Report = { ...report([], []), results: [{ dimensions: [], metrics: [1, 2, 3] }] };
  expect(fits(kept, figures)).toBe(true);
  expect(fits(kept, FIGURES)).toBe(false);
  expect(fits(report([], []), FIGURES)).toBe(true);
  const others = withValue([], "event:goal", "Signup", "is_not");
  expect(figuresOf({ filters: others })).toEqual(FIGURES);
});
