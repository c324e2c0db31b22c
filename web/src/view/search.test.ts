import { expect, test } from "vitest";
import { keysOf } from "./property-keys";
import { countriesNamed, searched } from "./search";

test("a text is looked for in the values, whatever its case", () => {
  expect(searched("visit:source", " goo ")).toEqual([
    ["contains", "visit:source", ["goo"], { case_sensitive: false }],
  ]);
  expect(searched("visit:source", "  ")).toEqual([]);
});

test("countries are found by name and by code", () => {
  expect(countriesNamed("german")).toContain("DE");
  expect(countriesNamed("us")).toContain("US");
  expect(searched("visit:country", "Atlantis")).toEqual([["is", "visit:country", ["--"]]]);
});

test("keys of properties come by how often they are there", () => {
  const events = [
    { properties: { plan: "team", period: "monthly" } },
    { properties: { plan: "solo", "<b>": 1 } },
    { properties: null },
    {},
  ];
  expect(keysOf(events)).toEqual(["plan", "<b>", "period"]);
});
