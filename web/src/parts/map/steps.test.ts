import { expect, test } from "vitest";
import { stepOf, stepsOf } from "./steps";

test("steps begin at legible numbers, from the least count to the largest", () => {
  expect(stepsOf([1609, 932, 3])).toEqual([3, 10, 30, 150, 500]);
  expect(stepsOf([1609, 932, 110])).toEqual([100, 150, 300, 500, 1000]);
  expect(stepsOf([])).toEqual([]);
  expect(stepsOf([0])).toEqual([]);
});

test("few visitors have a step a visitor", () => {
  expect(stepsOf([3, 1])).toEqual([1, 2, 3]);
  expect(stepsOf([1])).toEqual([1]);
});

test("a count is in the last step that it has reached", () => {
  const steps = [1, 5, 20];
  expect([0, 1, 4, 5, 19, 20, 9_999].map((count) => stepOf(count, steps))).toEqual([
    -1, 0, 0, 1, 1, 2, 2,
  ]);
});
