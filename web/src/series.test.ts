import { describe, expect, it } from "vitest";
import type { Series } from "./api/reports";
import { bucketLabel, peak, shape, ticks } from "./series";

function hours(from: string, counts: number[], readAt: string): Series {
  const start = Date.parse(from);
  return {
    interval: "hour",
    readAt: Date.parse(readAt),
    buckets: counts.map((count, index) => ({
      time: new Date(start + index * 3_600_000).toISOString(),
      count,
    })),
  };
}

const times = (from: string, count: number, widthMs = 3_600_000) =>
  Array.from({ length: count }, (_, index) =>
    new Date(Date.parse(from) + index * widthMs).toISOString(),
  );

describe("shape", () => {
  it("sets the bucket that is still filling apart, joined to the one before", () => {
    const drawn = shape(hours("2026-11-20T10:00:00Z", [5, 7, 2], "2026-11-20T12:20:00Z"));
    expect(drawn).toMatchObject({
      x: [0, 1, 2],
      complete: [5, 7, null],
      filling: [null, 7, 2],
      total: 14,
      partial: true,
    });
  });

  it("draws a last bucket that is over like the others", () => {
    const drawn = shape(hours("2026-11-20T10:00:00Z", [5, 7, 2], "2026-11-20T13:00:00Z"));
    expect(drawn).toMatchObject({
      complete: [5, 7, 2],
      filling: [null, null, null],
      partial: false,
    });
  });

  it("knows how long a day is", () => {
    const series: Series = {
      interval: "day",
      readAt: Date.parse("2026-11-20T23:59:00Z"),
      buckets: [{ time: "2026-11-20T00:00:00Z", count: 1 }],
    };
    expect(shape(series).partial).toBe(true);
    expect(shape({ ...series, readAt: series.readAt + 60_000 }).partial).toBe(false);
  });

  it("draws nothing from nothing", () => {
    const drawn = shape({ interval: "hour", readAt: 0, buckets: [] });
    expect(drawn).toMatchObject({ x: [], total: 0, partial: false });
    expect(peak(drawn.counts)).toBe(-1);
  });
});

it("peak is the first of the highest", () => {
  expect(peak([1, 9, 3, 9])).toBe(1);
  expect(peak([0])).toBe(0);
});

describe("bucketLabel", () => {
  it("names an hour in the reader's zone", () => {
    expect(bucketLabel("2026-11-20T10:00:00Z", "hour", "en-GB", "Europe/Berlin")).toMatch(
      /^Fri,? 20 Nov,? 11:00\s?–\s?12:00$/,
    );
  });

  it.each([
    ["2026-11-20T00:00:00Z", "UTC"],
    ["2026-11-19T23:00:00Z", "a day in Berlin"],
    ["2026-11-20T08:00:00Z", "a day in Los Angeles"],
    ["2026-11-19T18:15:00Z", "a day in Kathmandu"],
    ["2026-11-20T00:00:00+13:00", "a day in Auckland, with its offset"],
    ["2026-11-20", "a date alone"],
  ])("names the site's day whatever the reader's zone: %s (%s)", (time) => {
    expect(bucketLabel(time, "day", "en-GB", "America/New_York")).toMatch(/^Fri,? 20 Nov$/);
  });
});

describe("ticks", () => {
  it("sit on round hours of the reader's clock", () => {
    const made = ticks(times("2026-11-20T00:00:00Z", 24), "hour", 8, "en-GB", "Asia/Kolkata");
    // 00:00Z is 05:30 in Kolkata: the bucket is named after the hour it begins in.
    expect(made.map((tick) => tick.label)).toEqual([
      "06:30",
      "09:30",
      "12:30",
      "15:30",
      "18:30",
      "21:30",
      "00:30",
      "03:30",
    ]);
  });

  it("are fewer where there is less room", () => {
    const day = times("2026-11-20T00:00:00Z", 24);
    for (const room of [2, 3, 4, 6, 8, 12, 24]) {
      const made = ticks(day, "hour", room, "en-GB", "UTC");
      expect(made.length).toBeLessThanOrEqual(room);
      expect(made.length).toBeGreaterThan(0);
    }
  });

  it("mark midnights over a week of hours, also where the clocks change", () => {
    const made = ticks(times("2026-10-21T00:00:00Z", 168), "hour", 8, "en-GB", "Europe/Berlin");
    expect(made.map((tick) => tick.label)).toEqual([
      "Thu 22",
      "Fri 23",
      "Sat 24",
      "Sun 25",
      "Mon 26",
      "Tue 27",
      "Wed 28",
    ]);
    expect(made.map((tick) => tick.index)).toEqual([22, 46, 70, 94, 119, 143, 167]);
  });

  it("end with today for daily buckets", () => {
    const made = ticks(times("2026-10-22T00:00:00Z", 30, 86_400_000), "day", 6, "en-GB");
    expect(made.at(-1)).toEqual({ index: 29, label: "20 Nov" });
    expect(made.length).toBe(6);
  });

  it("survive times that are none", () => {
    expect(ticks(["", "x"], "hour", 5)).toEqual([]);
  });
});
