import { expect, test } from "vitest";
import { segmentText } from "./segment-text";

test("says what it can in words, the rest as written", () => {
  expect(
    segmentText([
      ["is", "visit:source", ["Google", "Bing"]],
      ["contains_not", "event:page", ["/blog"]],
    ]),
  ).toBe("Source is Google or Bing; Page does not contain /blog");
  const nested = ["or", [["is", "event:page", ["/"]]]];
  expect(segmentText([nested])).toBe(JSON.stringify(nested));
  expect(segmentText([["is", "event:page", ["/"], { case_sensitive: false }]])).toContain("case");
});
