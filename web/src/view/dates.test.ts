import { describe, expect, test } from "vitest";
import {
  addDays,
  addMonths,
  daysBetween,
  instantIn,
  isDate,
  lastOfMonth,
  today,
  wallClock,
} from "./dates";

describe("calendar dates", () => {
  test("a date is one that exists", () => {
    expect(isDate("2026-02-28")).toBe(true);
    for (const text of ["2026-02-29", "2026-13-01", "26-01-01", "2026-1-1", "", null, undefined]) {
      expect(isDate(text)).toBe(false);
    }
  });

  test("days and months over borders", () => {
    expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
    expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(addMonths("2026-01-31", 1)).toBe("2026-02-28");
    expect(addMonths("2026-01-15", -1)).toBe("2025-12-15");
    expect(lastOfMonth("2028-02-10")).toBe("2028-02-29");
    expect(daysBetween("2026-03-28", "2026-03-30")).toBe(3); // over a clock change in Europe
  });

  test("today is the zone's, not the reader's", () => {
    const instant = Date.parse("2026-11-20T22:30:00Z");
    expect(today("UTC", instant)).toBe("2026-11-20");
    expect(today("Asia/Kathmandu", instant)).toBe("2026-11-21"); // +05:45
    expect(today("America/Los_Angeles", instant)).toBe("2026-11-20");
    expect(today("Pacific/Kiritimati", instant)).toBe("2026-11-21"); // +14
    expect(today("No/Such_Zone", instant)).toBe("2026-11-20");
  });

  test("the clock of a zone reads as the server labels buckets", () => {
    expect(wallClock("Europe/Berlin", Date.parse("2026-11-19T23:05:06Z"))).toBe(
      "2026-11-20 00:05:06",
    );
  });

  test("the instant of a site's clock, also around changes of clocks", () => {
    expect(instantIn("UTC", "2026-11-20", "14:30")).toBe("2026-11-20T14:30:00.000Z");
    expect(instantIn("Europe/Berlin", "2026-11-20", "00:00")).toBe("2026-11-19T23:00:00.000Z");
    expect(instantIn("Europe/Berlin", "2026-03-29", "04:00")).toBe("2026-03-29T02:00:00.000Z");
    expect(instantIn("Europe/Berlin", "2026-03-29", "01:30")).toBe("2026-03-29T00:30:00.000Z");
    expect(instantIn("America/New_York", "2026-11-01", "12:00")).toBe("2026-11-01T17:00:00.000Z");
    expect(instantIn("Asia/Kathmandu", "2026-11-20", "05:45")).toBe("2026-11-20T00:00:00.000Z");
  });
});
