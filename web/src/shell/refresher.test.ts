import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LEAST_MS, refresher } from "./refresher";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const takes = (ms: number) =>
  vi.fn<() => Promise<void>>(() => new Promise((done) => setTimeout(done, ms)));

describe("asking reports again", () => {
  test("many events are one question, two seconds later", async () => {
    const again = takes(10);
    const { arrived, stop } = refresher(again);
    for (let event = 0; event < 1_000; event += 1) arrived();
    expect(again).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(LEAST_MS);
    expect(again).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(again).toHaveBeenCalledTimes(1);
    stop();
  });

  test("an event during a question is asked about after it", async () => {
    const again = takes(100);
    const { arrived, stop } = refresher(again);
    arrived();
    await vi.advanceTimersByTimeAsync(LEAST_MS + 50);
    arrived();
    await vi.advanceTimersByTimeAsync(50 + LEAST_MS);
    expect(again).toHaveBeenCalledTimes(2);
    stop();
  });

  test("a slow server is asked for a fifth of the time at most", async () => {
    const again = takes(3_000);
    const { arrived, stop } = refresher(again);
    for (let second = 0; second < 600; second += 1) {
      arrived();
      // oxlint-disable-next-line no-await-in-loop -- one second after the other
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(again.mock.calls.length).toBeLessThanOrEqual(41);
    expect(again.mock.calls.length).toBeGreaterThan(30);
    stop();
  });

  test("a question that fails is no end", async () => {
    const again = vi.fn<() => Promise<void>>(() => Promise.reject(new Error("away")));
    const { arrived, stop } = refresher(again);
    arrived();
    await vi.advanceTimersByTimeAsync(LEAST_MS);
    arrived();
    await vi.advanceTimersByTimeAsync(LEAST_MS);
    expect(again).toHaveBeenCalledTimes(2);
    stop();
    arrived();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(again).toHaveBeenCalledTimes(2);
  });
});
