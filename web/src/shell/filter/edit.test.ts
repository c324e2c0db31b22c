import { expect, test } from "vitest";
import type { ViewFilter } from "../../view/filters";
import { toggled, typedValue, withFilter } from "./edit";

const filter = (...values: string[]): ViewFilter => ({
  operator: "is",
  dimension: "event:page",
  values,
});

test("an edited filter stays in its place, a new one is the last, the same twice is one", () => {
  const two = [filter("/a"), filter("/b")];
  expect(withFilter(two, 0, filter("/c"))).toEqual([filter("/c"), filter("/b")]);
  expect(withFilter(two, null, filter("/c"))).toHaveLength(3);
  expect(withFilter(two, 0, filter("/b"))).toEqual([filter("/b")]);
});

test("Enter adds what is called so, else the text, and of a closed list what is suggested", () => {
  const suggestions = [
    { value: "DE", text: "Germany" },
    { value: "US", text: "United States" },
  ];
  expect(typedValue("germany", "is", suggestions, true)).toBe("DE");
  expect(typedValue("ger", "is", suggestions, true)).toBe("DE");
  expect(typedValue("ger", "is", [], true)).toBeNull();
  expect(typedValue("/pri", "is", [{ value: "/pricing", text: "/pricing" }], false)).toBe("/pri");
  expect(typedValue("germany", "contains", suggestions, true)).toBe("germany");
  expect(typedValue("  ", "is", suggestions, true)).toBeNull();
});

test("a value is taken up and put down", () => {
  expect(toggled(["a"], "b")).toEqual(["a", "b"]);
  expect(toggled(["a", "b"], "a")).toEqual(["b"]);
});
