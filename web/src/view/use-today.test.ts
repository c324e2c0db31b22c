import { expect, test } from "vitest";
import { untilTomorrow } from "./use-today";

const at = (text: string) => Date.parse(text);

test("looks again just after the zone's midnight", () => {
  expect(untilTomorrow("UTC", at("2026-11-20T23:59:50Z"))).toBe(10_500);
  // 23:55 in Nepal, 5 hours and 45 minutes ahead
  expect(untilTomorrow("Asia/Kathmandu", at("2026-11-20T18:10:00Z"))).toBe(300_500);
  expect(untilTomorrow("UTC", at("2026-11-20T23:59:59.700Z"))).toBe(800);
});

test("looks every quarter of an hour, since a clock may change before midnight", () => {
  expect(untilTomorrow("UTC", at("2026-11-20T12:00:00Z"))).toBe(900_000);
});
