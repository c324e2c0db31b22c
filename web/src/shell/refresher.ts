// When reports are asked again, once events have arrived: soon, but never so often that a server
// whose answers are slow has nothing else to do.

/** Between an event and the question, and so between two questions, at least. */
export const LEAST_MS = 2_000;
/** After an answer that took long, this many times as long passes before the next question. */
const REST = 4;

export interface Refresher {
  /** Something happened that changes what reports say. */
  arrived: () => void;
  stop: () => void;
}

/** Calls `again` after what arrived; it resolves once everything is answered. */
export function refresher(again: () => Promise<unknown>): Refresher {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking = false;
  let wanted = false;
  let stopped = false;
  let pause = LEAST_MS;

  const plan = () => {
    timer = setTimeout(() => void run(), pause);
  };
  const run = async () => {
    timer = undefined;
    asking = true;
    wanted = false;
    const begun = performance.now();
    // A question that fails is told where it is shown.
    await again().catch(() => undefined);
    pause = Math.max(LEAST_MS, REST * (performance.now() - begun));
    asking = false;
    if (wanted && !stopped) plan();
  };
  return {
    arrived: () => {
      if (asking) wanted = true;
      else if (timer === undefined && !stopped) plan();
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
