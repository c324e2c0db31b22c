import { expect, test } from "vitest";
import { fileName } from "./export";

test("a file is named by site, what it has, and its days", () => {
  expect(fileName("demo", "source", "7d", "csv")).toBe("demo-source-7d.csv");
  expect(fileName("demo", "plan", ["2026-11-01", "2026-11-14"], "json")).toBe(
    "demo-plan-2026-11-01-2026-11-14.json",
  );
  expect(fileName("a:b", "../x", "day", "csv")).toBe("a-b-..-x-day.csv");
});
