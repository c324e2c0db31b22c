import { expect, test } from "vitest";
import { isAway } from "./use-outage";

const at = 100_000;

test("a report that fails is enough", () => {
  expect(isAway({ failing: true, leftAt: null, answeredAt: at, now: at })).toBe(true);
});

test("a stream that is gone is an outage once nothing else answered either", () => {
  const left = { failing: false, leftAt: at, answeredAt: at - 5_000 };
  expect(isAway({ ...left, now: at + 2_000 })).toBe(false);
  expect(isAway({ ...left, now: at + 5_000 })).toBe(true);
  // Such as a proxy that shuts sockets: the server is there.
  expect(isAway({ ...left, answeredAt: at + 3_100, now: at + 5_000 })).toBe(false);
  expect(isAway({ ...left, leftAt: null, now: at + 5_000 })).toBe(false);
});
