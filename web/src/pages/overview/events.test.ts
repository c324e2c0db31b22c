import { expect, test } from "vitest";
import { shownOf } from "./events";

test("the properties shown at first are of the most frequent event of a site's own", () => {
  expect(shownOf(["pageview", "engagement", "click", "signup"], null)).toBe("click");
  expect(shownOf(["pageview"], null)).toBe("pageview");
  expect(shownOf([], null)).toBeUndefined();
});

test("a chosen event is shown unless it is known not to be there", () => {
  const names = ["pageview", "click"];
  expect(shownOf(names, "pageview")).toBe("pageview");
  expect(shownOf(names, "signup")).toBe("click");
  expect(shownOf([], "signup")).toBe("signup"); // the list is on its way
  const many = Array.from({ length: 9 }, (_, index) => `event ${index}`);
  expect(shownOf(many, "a rare one")).toBe("a rare one");
});
