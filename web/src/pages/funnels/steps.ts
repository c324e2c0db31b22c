// The steps of a funnel: as the URL has them, as the server is asked, as the reader reads them.

import type { Filter, Goal } from "../../api/types";
import { filterText, readFilter, type ViewFilter, writeFilter } from "../../view/filters";
import { valueText } from "../../view/names";

/** All filters must hold. */
export interface Step {
  filters: ViewFilter[];
}

export const LEAST_STEPS = 2;
export const MOST_STEPS = 8;

/**
 * `["is,event:page,/","is,event:name,signup"]`: a step with one filter is its text, one with
 * several a list of such texts. What cannot be read is passed over; null is no funnel at all.
 */
export function readSteps(text: string | null): Step[] | null {
  if (text === null) return null;
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(entries)) return null;
  const steps = entries.flatMap((entry: unknown) => {
    const texts: unknown[] = Array.isArray(entry) ? entry : [entry];
    const filters = texts.flatMap((one) =>
      typeof one === "string" ? (readFilter(one) ?? []) : [],
    );
    return filters.length === 0 ? [] : [{ filters }];
  });
  return steps.length === 0 ? null : steps.slice(0, MOST_STEPS);
}

export function writeSteps(steps: readonly Step[]): string {
  return JSON.stringify(
    steps.map(({ filters }) => {
      const texts = filters.map(writeFilter);
      return texts.length === 1 ? texts[0] : texts;
    }),
  );
}

/** Whether a step can be asked: every filter has a value. */
export const isWhole = (step: Step): boolean =>
  step.filters.length > 0 &&
  step.filters.every(({ values }) => values.some((value) => value !== ""));

/**
 * In the query grammar. A page means that it was seen, not that something happened on it: the page
 * view itself, unless the step names an event of its own.
 */
export function askedStep(step: Step): { name: string; filters: Filter[] } {
  return { name: stepText(step), filters: askedCondition(step.filters) };
}

export function askedCondition(filters: readonly ViewFilter[]): Filter[] {
  const asked: Filter[] = filters.map(({ operator, dimension, values }) => [
    operator,
    dimension,
    values,
  ]);
  const has = (dimension: string) => filters.some((filter) => filter.dimension === dimension);
  if (has("event:page") && !has("event:name") && !has("event:goal") && !has("event:element")) {
    asked.push(["is", "event:name", ["pageview"]]);
  }
  return asked;
}

/** `/pricing`, `signup`, `Page contains /docs`, `/ and Source is Google` */
export function stepText({ filters }: Step): string {
  const texts = filters.map((filter) => {
    const plain = ["event:page", "event:name", "event:goal"].includes(filter.dimension);
    const [value] = filter.values;
    if (plain && filter.operator === "is" && filter.values.length === 1 && value !== "") {
      return value ?? "";
    }
    return filterText(filter, valueText);
  });
  return texts.join(" and ");
}

const CONVERTS =
  /purchase|order|checkout|paid|payment|subscri|sign.?up|regist|trial|lead|book|donat/i;
const LEADS_ON = /pricing|plans|product|shop|cart|basket|sign.?up|regist|features|demo/i;
const AUTOMATIC = /^(pageview|engagement|scroll|error|.*click|.*play|web.?vitals?|.*outbound.*)$/i;

/**
 * A funnel to begin with, from what the site has: its first page, one that leads on, and what one
 * hopes for. All lists are in order of visitors.
 */
export function firstSteps(
  pages: readonly string[],
  events: readonly string[],
  goals: readonly Pick<Goal, "name">[],
): Step[] {
  const [entry, ...rest] = pages;
  const event =
    events.find((name) => CONVERTS.test(name)) ?? events.find((name) => !AUTOMATIC.test(name));
  const goal = goals[0]?.name;
  const middle = rest.find((page) => LEADS_ON.test(page)) ?? rest[0];
  // Where the event happens, where a page is called like it.
  const word = letters(event ?? "");
  const place = rest.find((page) => page !== middle && word !== "" && letters(page) === word);
  return [
    ...is("event:page", entry),
    ...is("event:page", middle),
    ...is("event:page", place),
    ...(goal === undefined ? is("event:name", event) : is("event:goal", goal)),
  ];
}

const letters = (text: string) => text.toLowerCase().replaceAll(/[^a-z]/g, "");

function is(dimension: string, value: string | undefined): Step[] {
  return value === undefined ? [] : [{ filters: [{ operator: "is", dimension, values: [value] }] }];
}

/** With their places, which are what tells them apart. */
export const numbered = <T>(list: readonly T[]) => list.map((item, at) => ({ item, at }));

/** With one step at another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const item = list[from];
  if (item === undefined || to < 0 || to >= list.length) return [...list];
  return list.toSpliced(from, 1).toSpliced(to, 0, item);
}

export const WINDOWS = [
  { id: "30m", text: "30 minutes" },
  { id: "1h", text: "1 hour" },
  { id: "1d", text: "1 day" },
  { id: "7d", text: "7 days" },
  { id: "14d", text: "14 days" },
  { id: "30d", text: "30 days" },
  { id: "90d", text: "90 days" },
] as const;

/** Whom to list, `2:dropped` in the URL. */
export interface People {
  step: number;
  state: "dropped" | "converted";
}

export function readPeople(text: string | null, steps: number): People | null {
  const [, number, state] = /^(\d{1,2}):(dropped|converted)$/.exec(text ?? "") ?? [];
  const step = Number(number);
  if (state === "dropped") return step >= 2 && step <= steps ? { step, state } : null;
  if (state === "converted") return step >= 1 && step <= steps ? { step, state } : null;
  return null;
}
