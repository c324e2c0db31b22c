import { expect, test } from "vitest";
import { instantIn, onSiteClock, zoneGroups } from "./instants";

test("finds the instant of a site's clock, also around changes of clocks", () => {
  expect(instantIn("UTC", "2026-11-20", "14:30")).toBe("2026-11-20T14:30:00.000Z");
  expect(instantIn("Europe/Berlin", "2026-11-20", "00:00")).toBe("2026-11-19T23:00:00.000Z");
  expect(instantIn("Europe/Berlin", "2026-03-29", "04:00")).toBe("2026-03-29T02:00:00.000Z");
  expect(instantIn("Europe/Berlin", "2026-03-29", "01:30")).toBe("2026-03-29T00:30:00.000Z");
  expect(instantIn("America/New_York", "2026-11-01", "12:00")).toBe("2026-11-01T17:00:00.000Z");
  expect(instantIn("Asia/Kathmandu", "2026-11-20", "05:45")).toBe("2026-11-20T00:00:00.000Z");
});

test("says the start of a site's day as the day", () => {
  expect(onSiteClock("2026-11-19T23:00:00Z", "Europe/Berlin", "en-GB")).toBe("20 Nov 2026");
  expect(onSiteClock("2026-11-20T14:30:00Z", "UTC", "en-GB")).toBe("20 Nov 2026, 14:30");
  expect(onSiteClock("nonsense", "UTC")).toBe("nonsense");
});

test("lists zones by region, and the site's own even where the browser does not know it", () => {
  const groups = zoneGroups("Mars/Olympus");
  expect(groups.find(([group]) => group === "Mars")?.[1]).toEqual(["Mars/Olympus"]);
  expect(groups.find(([group]) => group === "")?.[1]).toContain("UTC");
  expect(groups.find(([group]) => group === "Europe")?.[1]).toContain("Europe/Berlin");
});
