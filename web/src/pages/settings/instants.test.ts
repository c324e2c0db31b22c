import { expect, test } from "vitest";
import { onSiteClock, zoneGroups } from "./instants";

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
