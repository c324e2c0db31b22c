// The steps that a map is coloured by. Countries differ by orders of magnitude: equal steps would
// leave all but one of them pale, so the steps grow as squares do, and begin at legible numbers.

export const STEPS = 5;

/** Where each step begins, the least first: five at most, none beyond the largest count. */
export function stepsOf(counts: readonly number[]): number[] {
  const largest = Math.floor(Math.max(0, ...counts));
  if (largest <= STEPS) return Array.from({ length: largest }, (_, index) => index + 1);
  const starts = Array.from({ length: STEPS }, (_, index) =>
    index === 0 ? 1 : Math.max(1, legible(largest * (index / STEPS) ** 2)),
  );
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

/** The nearest number that reads well: 10, 15, 20, 30, 50, 70, 100. */
function legible(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const digits = power <= 1 ? [1, 2, 3, 5, 7, 10] : [1, 1.5, 2, 3, 5, 7, 10];
  return digits
    .map((digit) => digit * power)
    .reduce((best, each) => (Math.abs(each - value) < Math.abs(best - value) ? each : best));
}
