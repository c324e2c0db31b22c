import { expect, test } from "vitest";
import type { Report } from "../../api/types";
import { barsOf, closer, dimensionsOf, picked, rowText } from "./rows";

test("a row says what the reader knows it by", () => {
  expect(rowText("visit:country", ["DE"])).toBe("Germany");
  expect(rowText("visit:country", ["(not set)"])).toBe("Unknown");
  expect(rowText("visit:browser_version", ["148", "Chrome"])).toBe("Chrome 148");
  expect(rowText("visit:referrer", ["https://www.reddit.com/r/selfhosted/"])).toBe(
    "reddit.com/r/selfhosted",
  );
  expect(rowText("event:page", ["/<img onerror>"])).toBe("/<img onerror>");
});

test("a click filters, replaces what was chosen before, and takes it off again", () => {
  const once = picked([], "event:page", ["/a"]);
  expect(once).toEqual([{ operator: "is", dimension: "event:page", values: ["/a"] }]);
  const twice = picked(once, "event:page", ["/b"]);
  expect(twice).toEqual([{ operator: "is", dimension: "event:page", values: ["/b"] }]);
  expect(picked(twice, "event:page", ["/b"])).toEqual([]);
});

test("a version brings its browser along, where that is known", () => {
  expect(dimensionsOf("visit:browser_version")).toEqual(["visit:browser_version", "visit:browser"]);
  expect(picked([], "visit:browser_version", ["148", "Chrome"]).map((f) => f.values)).toEqual([
    ["Chrome"],
    ["148"],
  ]);
  expect(picked([], "visit:city", ["Berlin", "(not set)"])).toHaveLength(1);
});

const filter = (operator: "is" | "is_not", ...values: string[]) => [
  { operator, dimension: "visit:browser", values },
];

test("one chosen browser shows its versions; two do not, nor one that is left out", () => {
  expect(closer("visit:browser", [])).toBe("visit:browser");
  expect(closer("visit:browser", filter("is", "Chrome"))).toBe("visit:browser_version");
  expect(closer("visit:browser", filter("is", "Chrome", "Edge"))).toBe("visit:browser");
  expect(closer("visit:browser", filter("is_not", "Chrome"))).toBe("visit:browser");
});

test("only addresses of the web are links", () => {
  const report: Report = {
    results: ["https://example.com/a", "javascript:alert(1)"].map((url) => ({
      dimensions: [url],
      metrics: [3],
    })),
    meta: { as_of: "" },
    query: { date_range: ["", ""] },
  };
  const bars = barsOf(report, "visit:referrer", 12);
  expect(bars.map(({ href }) => href)).toEqual(["https://example.com/a", null]);
  expect(bars[0]?.share).toBe(0.25);
  expect(barsOf(report, "visit:referrer", null)[0]?.share).toBeUndefined();
});
