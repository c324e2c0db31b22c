import { expect, test } from "vitest";
import { isConverting, withValue } from "./filters";
import { isPercent, metricName, metricShort, metricText } from "./metrics";

test("who is counted where a goal is filtered by has converted", () => {
  expect(metricName("visitors").text).toBe("Visitors");
  expect(metricName("visitors", true).text).toBe("Unique conversions");
  expect(metricName("bounce_rate", true).text).toBe("Bounce rate");
  expect(metricText("events", 1200, true)).toBe("1,200 conversions");
  expect(metricText("visitors", 1)).toBe("1 visitor");
});

test("rates of conversions have a decimal, as they are small", () => {
  expect(metricShort("conversion_rate", 2.14)).toBe("2.1%");
  expect(metricShort("group_conversion_rate", 100)).toBe("100%");
  expect(metricShort("conversion_rate", 0)).toBe("0%");
  expect(metricShort("conversion_rate", null)).toBe("–");
  expect(isPercent("conversion_rate")).toBe(true);
  expect(isPercent("visitors")).toBe(false);
});

test("a goal that must not be reached makes no conversions", () => {
  expect(isConverting(withValue([], "event:goal", "Signup"))).toBe(true);
  expect(isConverting(withValue([], "event:goal", "Sign", "contains"))).toBe(true);
  expect(isConverting(withValue([], "event:goal", "Signup", "is_not"))).toBe(false);
  expect(isConverting(withValue([], "visit:source", "Google"))).toBe(false);
});
