// The five-minute chart's numbers: which names have a colour of their own, and how high the pieces
// of each bucket are.

import type { LiveFigures } from "../../api/live";

/** Names with a colour of their own; all others are one more. */
export const COLOURED = 6;
/** Where the rest is counted, and where the server counts what it does not tell apart. */
export const REST = "(other)";

export type Buckets = LiveFigures["buckets"];

export function totals(buckets: Buckets): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { counts } of buckets) {
    for (const [name, count] of Object.entries(counts)) {
      sums.set(name, (sums.get(name) ?? 0) + count);
    }
  }
  return sums;
}

/**
 * Which name has which colour. A name keeps its own as long as it is among the most frequent, so
 * that colours do not jump with each tick. The same array where nothing changed.
 */
export function slotsFor(
  before: readonly (string | null)[],
  sums: ReadonlyMap<string, number>,
): readonly (string | null)[] {
  const most = [...sums]
    .filter(([name, count]) => count > 0 && name !== REST)
    .toSorted(([one, few], [other, many]) => many - few || one.localeCompare(other))
    .slice(0, COLOURED)
    .map(([name]) => name);
  const slots = Array.from({ length: COLOURED }, (_, slot) => {
    const name = before[slot] ?? null;
    return name !== null && most.includes(name) ? name : null;
  });
  for (const name of most) {
    if (!slots.includes(name)) slots[slots.indexOf(null)] = name;
  }
  const same = before.length === slots.length && slots.every((name, slot) => before[slot] === name);
  return same ? before : slots;
}

export interface Piece {
  name: string;
  /** The colour's number; `COLOURED` for the rest. */
  slot: number;
  count: number;
  /** Where the piece begins, in events from the ground. */
  from: number;
}

export interface Column {
  at: string;
  total: number;
  pieces: Piece[];
}

export function columns(buckets: Buckets, slots: readonly (string | null)[]): Column[] {
  return buckets.map(({ timestamp, counts }) => {
    const pieces: Piece[] = [];
    let from = 0;
    const add = (name: string, slot: number, count: number) => {
      if (count <= 0) return;
      pieces.push({ name, slot, count, from });
      from += count;
    };
    for (const [slot, name] of slots.entries()) {
      if (name !== null) add(name, slot, counts[name] ?? 0);
    }
    let rest = 0;
    for (const [name, count] of Object.entries(counts)) {
      if (!slots.includes(name)) rest += count;
    }
    add(REST, COLOURED, rest);
    return { at: timestamp, total: from, pieces };
  });
}

/** A round number at or above `most`, for the top of an axis, with a round half. */
export function roundTop(most: number): number {
  if (most <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(most));
  for (const step of [1, 2, 4, 6, 8, 10]) {
    if (most <= step * power) return step * power;
  }
  return 10 * power;
}
