import { describe, expect, test } from "vitest";
import { askedComparison, earlierDays } from "./comparison";
import { parseSearch, readView } from "./view";

const at = (search: string, zone: string, now: string) =>
  askedComparison(readView(parseSearch(search)), zone, Date.parse(now));
const range = (search: string, zone: string, now: string) => at(search, zone, now)?.["date_range"];

describe("a period that includes now is compared with an earlier one up to the same time", () => {
  test("of the day before", () => {
    expect(at("?period=day", "UTC", "2026-11-22T14:37:12Z")).toEqual({
      mode: "custom",
      date_range: ["2026-11-21T00:00:00.000Z", "2026-11-21T14:29:59.999Z"],
    });
  });

  test("to the minute as long as the day is young, and never of nothing", () => {
    expect(range("?period=day", "UTC", "2026-11-22T00:05:59Z")).toEqual([
      "2026-11-21T00:00:00.000Z",
      "2026-11-21T00:04:59.999Z",
    ]);
    expect(range("?period=day", "UTC", "2026-11-22T00:00:01Z")).toEqual([
      "2026-11-21T00:00:00.000Z",
      "2026-11-21T00:00:59.999Z",
    ]);
  });

  test("of as many days before", () => {
    const now = "2026-11-22T10:00:00Z";
    for (const [search, from, day] of [
      ["", "2026-11-09", "2026-11-15"],
      ["?period=28d", "2026-09-28", "2026-10-25"],
      ["?period=30d", "2026-09-24", "2026-10-23"],
      ["?period=30d&match=weekday", "2026-09-19", "2026-10-18"],
      ["?period=91d", "2026-05-25", "2026-08-23"],
      ["?period=month", "2026-10-10", "2026-10-31"],
      ["?period=day&match=weekday", "2026-11-15", "2026-11-15"],
      ["?from=2026-11-20&to=2026-11-22", "2026-11-17", "2026-11-19"],
      ["?compare=year", "2025-11-16", "2025-11-22"],
      ["?compare=year&match=weekday", "2025-11-17", "2025-11-23"],
    ] as const) {
      expect(range(search, "UTC", now)).toEqual([`${from}T00:00:00.000Z`, `${day}T09:59:59.999Z`]);
    }
  });

  test("the site's midnight is meant, also of a zone with 45 minutes", () => {
    // 02:20 of the 22nd in Kathmandu.
    expect(range("?period=day", "Asia/Kathmandu", "2026-11-21T20:35:00Z")).toEqual([
      "2026-11-20T18:15:00.000Z",
      "2026-11-20T20:34:59.999Z",
    ]);
  });

  test("the clock is, where it changed in between", () => {
    // Berlin: winter time since the 25th at three. Ten o'clock is ten o'clock.
    expect(range("?period=day", "Europe/Berlin", "2026-10-25T09:00:00Z")).toEqual([
      "2026-10-23T22:00:00.000Z",
      "2026-10-24T07:59:59.999Z",
    ]);
    expect(range("?period=day", "Europe/Berlin", "2026-03-30T08:00:00Z")).toEqual([
      "2026-03-28T23:00:00.000Z",
      "2026-03-29T07:59:59.999Z",
    ]);
  });

  test("the question stays the same for ten minutes", () => {
    const early = at("", "UTC", "2026-11-22T10:00:00Z");
    expect(at("", "UTC", "2026-11-22T10:09:59Z")).toEqual(early);
    expect(at("", "UTC", "2026-11-22T10:10:00Z")).not.toEqual(early);
  });
});

test("what is over, or runs by the hour, is compared by the server", () => {
  const now = "2026-11-22T10:00:00Z";
  for (const search of [
    "?period=yesterday",
    "?period=24h",
    "?period=last-month",
    "?from=2026-11-01&to=2026-11-21",
    "?from=2026-11-23&to=2026-11-24",
  ]) {
    expect(at(search, "UTC", now)).toEqual({ mode: "previous_period" });
  }
  expect(at("?period=yesterday&compare=year&match=weekday", "UTC", now)).toEqual({
    mode: "year_over_year",
    match_day_of_week: true,
  });
  expect(at("?compare_from=2026-01-01&compare_to=2026-01-07", "UTC", now)).toEqual({
    mode: "custom",
    date_range: ["2026-01-01", "2026-01-07"],
  });
});

test("nothing is compared with none, and nothing lies before all", () => {
  for (const search of ["?compare=none", "?period=all", "?period=realtime"]) {
    expect(at(search, "UTC", "2026-11-22T10:00:00Z")).toBeUndefined();
  }
});

test("the chart's earlier days are whole", () => {
  const view = readView(parseSearch("?period=day"));
  const now = Date.parse("2026-11-22T10:00:00Z");
  expect(earlierDays(view, "UTC", now)).toEqual({ from: "2026-11-21", to: "2026-11-21" });
  expect(earlierDays({ ...view, comparison: "none" }, "UTC", now)).toBeNull();
});
