import { expect, test } from "vitest";
import { candidatesOf, firstWithProperties } from "./events";

test("the properties shown at first are of the most frequent events of a site's own", () => {
  expect(candidatesOf(["pageview", "engagement", "click", "signup"], null)).toEqual([
    "click",
    "signup",
  ]);
  expect(candidatesOf(["pageview"], null)).toEqual(["pageview"]);
  expect(candidatesOf([], null)).toEqual([]);
});

test("a chosen event is shown unless it is known not to be there", () => {
  const names = ["pageview", "click"];
  expect(candidatesOf(names, "pageview")).toEqual(["pageview"]);
  expect(candidatesOf(names, "signup")).toEqual(["click"]);
  expect(candidatesOf([], "signup")).toEqual(["signup"]); // the list is on its way
  const many = Array.from({ length: 9 }, (_, index) => `event ${index}`);
  expect(candidatesOf(many, "a rare one")).toEqual(["a rare one"]);
});

test("the first that has properties is shown, one that is on its way is waited for", () => {
  const none = [{ name: "click", properties: {} }];
  const some = [{ name: "signup", properties: { plan: "team" } }];
  expect(firstWithProperties(["click", "signup"], [none, some])).toBe("signup");
  expect(firstWithProperties(["click", "signup"], [undefined, some])).toBe("click");
  expect(firstWithProperties(["click", "signup"], [none, none])).toBe("click");
  expect(firstWithProperties([], [])).toBeUndefined();
});
