import { describe, expect, it } from "vitest";
import type { EventDetail } from "../sessions/sessions-of";
import { numberText, propertyKeys, trends } from "./trends";

function sample(properties: Record<string, unknown>): EventDetail {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else is looked at
  return { properties } as unknown as EventDetail;
}

describe("trends", () => {
  it("have a value for every bucket of every name", () => {
    const byName = trends({
      results: [
        { dimensions: ["signup", "2026-11-20"], metrics: [3] },
        { dimensions: ["pageview", "2026-11-19"], metrics: [7] },
        { dimensions: ["pageview", "2026-11-21"], metrics: [9] },
        { dimensions: ["pageview", "elsewhere"], metrics: [1] },
      ],
      meta: { as_of: "", time_labels: ["2026-11-19", "2026-11-20", "2026-11-21"] },
      query: { date_range: ["", ""] },
    });
    expect(byName.get("pageview")).toEqual([7, 0, 9]);
    expect(byName.get("signup")).toEqual([0, 3, 0]);
  });
});

describe("properties of samples", () => {
  it("are sorted by how many events have them, and known as numbers", () => {
    const keys = propertyKeys([
      sample({ plan: "team", price: 12.5 }),
      sample({ price: "90", plan: "starter", note: "7 apples" }),
      sample({ price: 3 }),
    ]);
    expect(keys).toEqual([
      { key: "price", isNumber: true },
      { key: "plan", isNumber: false },
      { key: "note", isNumber: false },
    ]);
  });

  it("are none where events have none", () => {
    expect(propertyKeys([sample({})])).toEqual([]);
  });
});

it("writes numbers with the digits that count", () => {
  expect(numberText(1234.5678, "en-US")).toBe("1,234.6");
  expect(numberText(0.000123456, "en-US")).toBe("0.00012346");
});
