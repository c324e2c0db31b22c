import { expect, test } from "vitest";
import { marksOf } from "./marks";

const labels = ["2026-11-18", "2026-11-19", "2026-11-20"];
const at = (instant: string, text = "Release") => ({ id: 1, at: instant, text });
const indices = (instant: string, zone: string) =>
  marksOf([at(instant)], labels, "day", zone).map(({ index }) => index);

test("an annotation is in the bucket of the site's clock", () => {
  expect(indices("2026-11-18T23:30:00Z", "UTC")).toEqual([0]);
  expect(indices("2026-11-18T23:30:00Z", "Europe/Berlin")).toEqual([1]);
  expect(indices("2026-11-19", "America/New_York")).toEqual([1]);
});

test("those outside the buckets have no mark", () => {
  expect(indices("2026-11-17T23:59:59Z", "UTC")).toEqual([]);
  expect(indices("2026-11-20T23:59:59Z", "UTC")).toEqual([2]);
  expect(indices("2026-11-21T00:00:00Z", "UTC")).toEqual([]);
  expect(indices("nonsense", "UTC")).toEqual([]);
  expect(marksOf([at("2026-11-19")], [], "day", "UTC")).toEqual([]);
});

test("the last month goes on to its end", () => {
  const months = ["2026-10-01", "2026-11-01"];
  const marks = marksOf([at("2026-11-30T12:00:00Z")], months, "month", "UTC");
  expect(marks.map(({ index }) => index)).toEqual([1]);
});
