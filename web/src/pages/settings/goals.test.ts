import { expect, test } from "vitest";
import { goalBody, goalForm, goalText, NEW_GOAL } from "./goals";

const saved = {
  id: 1,
  name: "Read a post",
  kind: "scroll",
  event: null,
  page: "/blog/**",
  percent: 75,
  currency: null,
  created_at: "",
  updated_at: "",
};

test("sends only what a goal of its kind has", () => {
  const form = { ...NEW_GOAL, name: " Buy ", event: "purchase", page: "/x", currency: "eur" };
  expect(goalBody(form)).toEqual({
    name: "Buy",
    kind: "event",
    event: "purchase",
    currency: "EUR",
  });
  expect(goalBody({ ...form, kind: "page", currency: " " })).toEqual({
    name: "Buy",
    kind: "page",
    page: "/x",
  });
  expect(goalBody({ ...form, kind: "scroll", percent: "50", currency: "" })).toMatchObject({
    page: "/x",
    percent: 50,
  });
});

test("goes into a form, and into words", () => {
  expect(goalBody(goalForm(saved))).toEqual({
    name: "Read a post",
    kind: "scroll",
    page: "/blog/**",
    percent: 75,
  });
  expect(goalText(saved)).toBe("75% of /blog/**");
  expect(goalText({ ...saved, kind: "event", event: "purchase", currency: "EUR" })).toBe(
    "event purchase, in EUR",
  );
});
