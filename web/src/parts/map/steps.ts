// The steps that a map is coloured by: each begins at a number that reads well, and is about as many
// times the one before as that is of its own, since countries differ by orders of magnitude.

export const STEPS = 5;

/** Where each step begins, the least first: five at most, from the least count to the largest. */
export function stepsOf(counts: readonly number[]): number[] {
  const known = counts.filter((count) => count >= 1);
  if (known.length === 0) return [];
  const largest = Math.max(...known);
  const least = floor(Math.min(...known));
  if (largest - least < STEPS) {
    return Array.from({ length: Math.floor(largest - least) + 1 }, (_, index) => least + index);
  }
  const starts = Array.from({ length: STEPS }, (_, index) =>
    index === 0 ? least : nearest(least * (largest / least) ** (index / STEPS)),
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

/** Numbers that read well around a value: 10, 15, 20, 30, 50, 70, 100. */
function legible(value: number): number[] {
  const power = 10 ** Math.floor(Math.log10(value));
  const digits = power === 1 ? [1, 2, 3, 5, 7, 10] : [1, 1.5, 2, 3, 5, 7, 10];
  return digits.map((digit) => digit * power);
}

const floor = (value: number): number => legible(value).findLast((each) => each <= value) ?? 1;

function nearest(value: number): number {
  return legible(value).reduce((best, each) =>
    Math.abs(each - value) < Math.abs(best - value) ? each : best,
  );
}
