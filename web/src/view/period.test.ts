import { describe, expect, test } from "vitest";
import { dateRange, datesOf, intervalsOf, isPast, mayStep, PERIODS, step } from "./period";

const NOW = Date.parse("2026-11-20T12:00:00Z");

describe("periods", () => {
  test("each key is of one period", () => {
    expect(new Set(PERIODS.map(({ key }) => key)).size).toBe(PERIODS.length);
  });

  test("what the server is asked", () => {
    expect(dateRange({ named: "7d" }, "UTC", NOW)).toBe("7d");
    expect(dateRange({ named: "last-month" }, "UTC", NOW)).toEqual(["2026-10-01", "2026-10-31"]);
    // In January the last month is of the year before, by the site's own clock.
    const newYear = Date.parse("2026-12-31T23:30:00Z");
    expect(dateRange({ named: "last-month" }, "Europe/Berlin", newYear)).toEqual([
      "2026-12-01",
      "2026-12-31",
    ]);
    // After midnight yesterday is another question.
    expect(dateRange({ named: "yesterday" }, "UTC", NOW)).toEqual(["2026-11-19", "2026-11-19"]);
    expect(dateRange({ from: "2026-11-01", to: "2026-11-14" }, "UTC", NOW)).toEqual([
      "2026-11-01",
      "2026-11-14",
    ]);
  });

  test("seven days include today", () => {
    expect(datesOf({ named: "7d" }, "UTC", NOW)).toEqual({ from: "2026-11-14", to: "2026-11-20" });
    expect(datesOf({ named: "realtime" }, "UTC", NOW)).toBeNull();
  });

  test("stepping goes by the period's own length, and by months", () => {
    expect(step({ named: "day" }, -1, "UTC", NOW)).toEqual({
      from: "2026-11-19",
      to: "2026-11-19",
    });
    expect(step({ named: "7d" }, -1, "UTC", NOW)).toEqual({ from: "2026-11-07", to: "2026-11-13" });
    expect(step({ named: "month" }, -1, "UTC", NOW)).toEqual({
      from: "2026-10-01",
      to: "2026-10-31",
    });
    expect(step({ from: "2026-02-01", to: "2026-02-28" }, 1, "UTC", NOW)).toEqual({
      from: "2026-03-01",
      to: "2026-03-31",
    });
    expect(step({ named: "all" }, -1, "UTC", NOW)).toEqual({ named: "all" });
  });

  test("nobody steps into the future, nor from what has no dates", () => {
    expect(mayStep({ named: "yesterday" }, 1, "UTC", NOW)).toBe(true);
    expect(mayStep({ named: "day" }, 1, "UTC", NOW)).toBe(false);
    expect(mayStep({ named: "day" }, -1, "UTC", NOW)).toBe(true);
    expect(mayStep({ named: "all" }, -1, "UTC", NOW)).toBe(false);
  });

  test("past is what ended before the site's today", () => {
    expect(isPast({ named: "yesterday" }, "UTC", NOW)).toBe(true);
    expect(isPast({ named: "7d" }, "UTC", NOW)).toBe(false);
    expect(isPast({ from: "2026-11-19", to: "2026-11-20" }, "Pacific/Kiritimati", NOW)).toBe(true);
  });

  test("buckets suit the period", () => {
    expect(intervalsOf({ named: "day" }, "UTC", NOW)[0]).toBe("hour");
    expect(intervalsOf({ named: "30d" }, "UTC", NOW)).toEqual(["day", "hour", "week"]);
    expect(intervalsOf({ named: "12mo" }, "UTC", NOW)[0]).toBe("month");
  });
});
