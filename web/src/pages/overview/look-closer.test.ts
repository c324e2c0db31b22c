import { expect, test } from "vitest";
import { lookCloser } from "./look-closer";

const NOW = Date.parse("2026-11-21T10:30:00Z");
const look = (
  label: string,
  interval: Parameters<typeof lookCloser>[1],
  named: "day" | "7d" | "12mo" | "24h" | "realtime",
) => lookCloser(label, interval, { named }, "UTC", NOW);

test("a day, an hour of several days, and a month lead to what they are in", () => {
  expect(look("2026-11-18", "day", "7d")).toEqual({ from: "2026-11-18", to: "2026-11-18" });
  expect(look("2026-11-18 13:00:00", "hour", "7d")).toEqual({
    from: "2026-11-18",
    to: "2026-11-18",
  });
  expect(look("2026-02-01", "month", "12mo")).toEqual({ from: "2026-02-01", to: "2026-02-28" });
});

test("a week that begins before the period is as much of it as is shown", () => {
  expect(look("2026-11-09", "week", "7d")).toEqual({ from: "2026-11-15", to: "2026-11-15" });
});

test("nothing is closer than a day", () => {
  expect(look("2026-11-21 10:00:00", "hour", "day")).toBeNull();
  expect(look("2026-11-21 10:00:00", "hour", "24h")).toBeNull();
  expect(look("2026-11-21 10:29:00", "minute", "realtime")).toBeNull();
});
