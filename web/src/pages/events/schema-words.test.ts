import { expect, it } from "vitest";
import { driftText, schemaPeriod, share } from "./schema-words";

it.each([
  ["7d", "7d"],
  ["all", "all"],
  ["day", "24h"],
  ["12mo", "366d"],
  [["2026-11-01", "2026-11-14"], "2026-11-01/2026-11-14"],
])("asks for the schema of %j as %s", (range, period) => {
  expect(schemaPeriod(range)).toBe(period);
});

it("says what changed", () => {
  const drift = { property: "price", at: "", sample: null, from: "integer", to: "string" };
  expect(driftText({ ...drift, change: "type_changed" })).toBe(
    "price changed from integer to string",
  );
  expect(driftText({ ...drift, change: "vanished" })).toBe("price is no longer sent");
});

it("shares nothing of nothing", () => {
  expect(share(1, 0)).toBe(0);
  expect(share(1, 4)).toBe(25);
});
