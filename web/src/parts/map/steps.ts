// The steps that a map is coloured by: each begins at a number that reads well, and is about as many
// times the one before as that is of its own, since countries differ by orders of magnitude.

export const STEPS = 5;

/** Where each step begins, the least first: as many as there are, five at most. */
export function stepsOf(counts: readonly number[]): number[] {
  const largest = Math.max(0, ...counts);
  if (largest < 1) return [];
  if (largest <= STEPS) return Array.from({ length: Math.ceil(largest) }, (_, index) => index + 1);
  const starts = Array.from({ length: STEPS }, (_, index) => legible(largest ** (index / STEPS)));
  return [...new Set(starts)].filter((start) => start <= largest);
}

/** The step that a count is in, from 0; -1 where it is in none. */
export function stepOf(count: number, steps: readonly number[]): number {
  return count <= 0
    ? -1
    : Math.max(
        0,
        steps.findLastIndex((start) => count >= start),
      );
}

/** 1, 2, 3, 5, 10, 20, 30, 50, …: the nearest of them. */
function legible(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const near = [1, 2, 3, 5, 10].map((digit) => digit * power);
  return near.reduce((best, each) =>
    Math.abs(each - value) < Math.abs(best - value) ? each : best,
  );
}
