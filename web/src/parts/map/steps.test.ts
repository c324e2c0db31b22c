import { expect, test } from "vitest";
import { stepOf, stepsOf } from "./steps";

test("steps begin at legible numbers, up to the largest count", () => {
  expect(stepsOf([1609, 932, 3])).toEqual([1, 70, 300, 500, 1000]);
  expect(stepsOf([6])).toEqual([1, 2, 3]);
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
