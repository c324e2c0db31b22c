import { expect, test } from "vitest";
import { readView } from "../view/view";
import { printedText } from "./print-line";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const of = { site: "demo", zone: "UTC", segment: null, period: true, compares: true };

test("says all that decides what is shown, with dates in place of names", () => {
  const view = readView({ f: ["is,visit:source,Google"] });
  expect(
    printedText({ ...of, view, segment: "Buyers" }, NOW, "en-GB").replaceAll(/\s?–\s?/g, "–"),
  ).toBe(
    "demo · 14–20 Nov 2026 (Last 7 days), days of UTC · Source is Google · segment “Buyers” · compared with the previous period",
  );
});

test("says nothing of a period or a comparison that the page does not show", () => {
  expect(printedText({ ...of, view: readView({}), period: false }, NOW)).toBe(
    "demo · times of UTC",
  );
  const all = readView({ period: ["all"] });
  expect(printedText({ ...of, view: all }, NOW)).toBe("demo · All time, days of UTC");
  expect(printedText({ ...of, view: readView({}), compares: false }, NOW)).not.toContain(
    "compared",
  );
});
