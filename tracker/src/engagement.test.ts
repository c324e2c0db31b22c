import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchEngagement } from "./engagement";

let now: number;
let focused: boolean;
let hidden: boolean;

beforeEach(() => {
  now = 1_000;
  focused = true;
  hidden = false;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  vi.spyOn(document, "hasFocus").mockImplementation(() => focused);
  vi.spyOn(document, "hidden", "get").mockImplementation(() => hidden);
  vi.spyOn(document.documentElement, "scrollHeight", "get").mockReturnValue(4_000);
  vi.stubGlobal("innerHeight", 1_000);
  scroll(0);
});
afterEach(() => vi.restoreAllMocks());

function scroll(top: number) {
  vi.stubGlobal("scrollY", top);
  dispatchEvent(new Event("scroll"));
}

test("only time in view and in focus counts", () => {
  const engagement = watchEngagement();
  engagement.reset();
  now += 2_000;
  focused = false;
  dispatchEvent(new Event("blur"));
  now += 10_000;
  focused = true;
  dispatchEvent(new Event("focus"));
  now += 1_500;
  hidden = true;
  dispatchEvent(new Event("visibilitychange"));
  now += 60_000;
  expect(engagement.take()).toEqual({ duration: 3.5, scroll_depth: 25 });
});

test("each taking has what came since, and depth is the greatest", () => {
  const engagement = watchEngagement();
  engagement.reset();
  scroll(2_000);
  scroll(500);
  now += 2_000;
  expect(engagement.take()).toEqual({ duration: 2, scroll_depth: 75 });
  now += 500;
  expect(engagement.take()).toBeUndefined();
  now += 600;
  expect(engagement.take()).toEqual({ duration: 1.1, scroll_depth: 75 });
  scroll(3_000);
  expect(engagement.take()).toEqual({ duration: 0, scroll_depth: 100 });
  engagement.reset();
  scroll(0);
  now += 100;
  expect(engagement.take()).toEqual({ duration: 0.1, scroll_depth: 25 });
});
