// What the reader types to find a value, as a filter of the query grammar.

import type { Filter } from "../api/types";
import { countryName } from "./names";

/** A filter for what the reader typed; countries are searched by the names that the reader sees. */
export function searched(dimension: string, text: string): Filter[] {
  const typed = text.trim();
  if (typed === "") return [];
  if (dimension === "visit:country") return [["is", dimension, countriesNamed(typed)]];
  return [["contains", dimension, [typed], { case_sensitive: false }]];
}

const LETTERS = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
let names: [string, string][] | null = null;

/** Codes of the countries whose name has `text` in it; a code that is none, where no name has. */
export function countriesNamed(text: string): string[] {
  names ??= LETTERS.flatMap((first) => LETTERS.map((second) => first + second))
    .map((code): [string, string] => [code, countryName(code).toLocaleLowerCase()])
    .filter(([code, name]) => name !== code.toLocaleLowerCase());
  const wanted = text.toLocaleLowerCase();
  const found = names.flatMap(([code, name]) =>
    name.includes(wanted) || code.toLocaleLowerCase() === wanted ? [code] : [],
  );
  return found.length === 0 ? ["--"] : found;
}
