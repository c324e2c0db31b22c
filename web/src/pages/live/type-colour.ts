import { COLOURED } from "./by-type";

/** Told apart in light and dark, and by most who see few colours; the legend names each. */
const COLOURS = [
  "var(--race)",
  "var(--brass-fill)",
  "light-dark(#5468b4, #94a6ee)",
  "light-dark(#ab4a6e, #e38fac)",
  "light-dark(#5b8f3f, #93c97a)",
  "light-dark(#7f5ca3, #bb9fe6)",
] as const;

export function typeColour(slot: number): string {
  return (slot < COLOURED ? COLOURS[slot] : undefined) ?? "light-dark(#a3afad, #5d6e70)";
}
