// Lines over the last ten minutes: where their points are, and how high the axis is.

export const SPAN_MS = 600_000;

export interface Series {
  id: string;
  text: string;
  values: readonly (number | null)[];
}

/** A round number at or above `most`, also below one. */
export function niceTop(most: number): number {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  for (const step of [1, 2, 4, 6, 8, 10]) {
    const top = step * power;
    if (most <= top * (1 + 1e-9)) return top;
  }
  return 10 * power;
}

/** How far along the ten minutes each instant is, 0 to 1; the last is now. */
export function places(instants: readonly number[]): number[] {
  const end = instants.at(-1) ?? 0;
  return instants.map((instant) => 1 - (end - instant) / SPAN_MS);
}

/** The line as an SVG path in a square of 100; where a value is not known the line has a gap. */
export function path(
  values: readonly (number | null)[],
  along: readonly number[],
  top: number,
): string {
  let pen = "M";
  const parts: string[] = [];
  for (const [index, value] of values.entries()) {
    const place = along[index];
    if (value === null || place === undefined || place < 0) {
      pen = "M";
      continue;
    }
    const y = 100 - (Math.max(0, value) / top) * 100;
    parts.push(`${pen}${(place * 100).toFixed(2)} ${y.toFixed(2)}`);
    pen = "L";
  }
  return parts.join("");
}

/** The point that is nearest to a place. */
export function nearest(along: readonly number[], place: number): number {
  let best = 0;
  for (const [index, each] of along.entries()) {
    if (Math.abs(each - place) < Math.abs((along[best] ?? Infinity) - place)) best = index;
  }
  return best;
}

export function latest(values: readonly (number | null)[]): number | null {
  return values.at(-1) ?? null;
}

export const known = (values: readonly (number | null)[]): boolean =>
  values.some((value) => value !== null);
