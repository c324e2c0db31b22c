import { expect, test } from "vitest";
import { zoneNote } from "./zone-note";

test("names the site's zone where the reader's clock shows another time", () => {
  const now = Date.parse("2026-11-20T12:00:00Z");
  expect(zoneNote("Asia/Kathmandu", now, "Europe/Berlin")).toBe("; times of Asia/Kathmandu");
  expect(zoneNote("Europe/Paris", now, "Europe/Berlin")).toBe("");
});
