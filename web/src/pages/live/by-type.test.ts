import { expect, test } from "vitest";
import { COLOURED, columns, REST, roundTop, slotsFor, totals } from "./by-type";

const bucket = (counts: Record<string, number>) => ({ timestamp: "2026-11-20T10:00:00Z", counts });

test("adds up names over buckets", () => {
  expect([...totals([bucket({ a: 1, b: 2 }), bucket({ a: 3 })])]).toEqual([
    ["a", 4],
    ["b", 2],
  ]);
});

test("a name keeps its colour while it is among the most frequent", () => {
  const first = slotsFor([], new Map(Object.entries({ a: 5, b: 3 })));
  expect(first.slice(0, 3)).toEqual(["a", "b", null]);
  expect(slotsFor(first, new Map(Object.entries({ a: 1, b: 9 })))).toBe(first);
  expect(slotsFor([], new Map([[REST, 9]]))).not.toContain(REST);
  const second = slotsFor(first, new Map(Object.entries({ b: 9, c: 2 })));
  expect(second.slice(0, 2)).toEqual(["c", "b"]);
  const many = new Map(Array.from({ length: 9 }, (_, index) => [`n${index}`, index + 1]));
  expect(slotsFor(second, many)).toHaveLength(COLOURED);
  expect(slotsFor(second, many)).not.toContain("n0");
});

test("stacks what has a colour, then the rest as one", () => {
  const [column] = columns([bucket({ a: 2, b: 3, x: 1, y: 4 })], ["b", null, "a"]);
  expect(column?.total).toBe(10);
  expect(column?.pieces).toEqual([
    { name: "b", slot: 0, count: 3, from: 0 },
    { name: "a", slot: 2, count: 2, from: 3 },
    { name: REST, slot: COLOURED, count: 5, from: 5 },
  ]);
  expect(columns([bucket({})], [])[0]?.pieces).toEqual([]);
});

test.each([
  [0, 4],
  [4, 4],
  [5, 6],
  [17, 20],
  [41, 60],
  [100, 100],
  [999, 1_000],
])("the axis over %d ends at %d", (most, top) => {
  expect(roundTop(most)).toBe(top);
});
