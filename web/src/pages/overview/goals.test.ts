import { expect, test } from "vitest";
import type { Goal, Report } from "../../api/types";
import { goalRows } from "./goals";

const goal = (name: string): Goal => ({
  id: 1,
  name,
  kind: "event",
  event: name,
  currency: null,
  page: null,
  percent: null,
  created_at: "",
  updated_at: "",
});

test("goals that nobody reached are there, too", () => {
  const report: Report = {
    results: [
      { dimensions: ["Purchase"], metrics: [3, 4, 1.5] },
      { dimensions: ["Sign-up"], metrics: [9, 9, null] },
    ],
    meta: { as_of: "" },
    query: { date_range: ["", ""] },
  };
  expect(goalRows([goal("Purchase"), goal("Read a post"), goal("Sign-up")], report)).toEqual([
    { name: "Sign-up", visitors: 9, events: 9, rate: null },
    { name: "Purchase", visitors: 3, events: 4, rate: 1.5 },
    { name: "Read a post", visitors: 0, events: 0, rate: 0 },
  ]);
});
