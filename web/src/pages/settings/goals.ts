// A goal as its form has it, and in words.

import type { Schemas } from "../../api/types";

export const KINDS = [
  { value: "event", text: "Event" },
  { value: "page", text: "Page" },
  { value: "scroll", text: "Scroll" },
] as const;
export type GoalKind = (typeof KINDS)[number]["value"];

export interface GoalForm {
  name: string;
  kind: GoalKind;
  event: string;
  page: string;
  percent: string;
  currency: string;
}

export const NEW_GOAL: GoalForm = {
  name: "",
  kind: "event",
  event: "",
  page: "",
  percent: "75",
  currency: "",
};

export function goalForm(goal: Schemas["Goal"]): GoalForm {
  return {
    name: goal.name,
    kind: KINDS.find(({ value }) => value === goal.kind)?.value ?? "event",
    event: goal.event ?? "",
    page: goal.page ?? "",
    percent: String(goal.percent ?? 75),
    currency: goal.currency ?? "",
  };
}

/** The body of a request: only what a goal of its kind has. */
export function goalBody({ name, kind, event, page, percent, currency }: GoalForm): object {
  const code = currency.trim().toUpperCase();
  const body = { name: name.trim(), kind, ...(code === "" ? {} : { currency: code }) };
  if (kind === "event") return { ...body, event: event.trim() };
  if (kind === "page") return { ...body, page: page.trim() };
  return { ...body, page: page.trim(), percent: Number(percent) };
}

/** `event purchase, in EUR`; `75% of /blog/**`. */
export function goalText({ kind, event, page, percent, currency }: Schemas["Goal"]): string {
  const what =
    kind === "event"
      ? `event ${event ?? ""}`
      : kind === "scroll"
        ? `${String(percent ?? "")}% of ${page ?? ""}`
        : `page ${page ?? ""}`;
  return currency === null ? what : `${what}, in ${currency}`;
}
