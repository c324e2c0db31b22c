import { expect, test } from "vitest";
import { nearest, niceTop, path, places, SPAN_MS } from "./lines";

test.each([
  [0, 1],
  [0.3, 0.4],
  [0.04, 0.04],
  [1, 1],
  [7, 8],
  [31, 40],
  [1_234, 2_000],
])("the axis over %d ends at %d", (most, top) => {
  expect(niceTop(most)).toBeCloseTo(top);
});

test("places points on ten minutes that end with the last one", () => {
  expect(places([0, SPAN_MS / 2, SPAN_MS])).toEqual([0, 0.5, 1]);
  expect(places([5])).toEqual([1]);
  expect(places([])).toEqual([]);
});

test("draws a line with gaps where nothing is known, and nothing older than ten minutes", () => {
  expect(path([5, 10, null, 0, 20], [0, 0.25, 0.5, 0.75, 1], 20)).toBe(
    "M0.00 75.00L25.00 50.00M75.00 100.00L100.00 0.00",
  );
  expect(path([1, 1], [-0.1, 1], 1)).toBe("M100.00 0.00");
  expect(path([], [], 1)).toBe("");
});

test("finds the point under the pointer", () => {
  expect(nearest([0, 0.5, 1], 0.7)).toBe(1);
  expect(nearest([0, 0.5, 1], 0.8)).toBe(2);
  expect(nearest([], 0.8)).toBe(0);
});
