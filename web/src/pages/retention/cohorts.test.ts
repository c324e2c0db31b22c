import { describe, expect, it } from "vitest";
import {
  cohortRows,
  columnsOf,
  headlines,
  highestRate,
  shade,
  sumsRow,
  usualInterval,
} from "./cohorts";

const back = (visitors: number, of: number) => ({
  visitors,
  of,
  rate: of === 0 ? null : (visitors / of) * 100,
});

const table = {
  cohorts: [
    { start: "2026-11-01", visitors: 0, returned: [back(0, 0), back(0, 0), back(0, 0)] },
    { start: "2026-11-02", visitors: 10, returned: [back(10, 10), back(4, 10)] },
    { start: "2026-11-03", visitors: 0, returned: [back(0, 0)] },
  ],
  sums: [back(10, 10), back(4, 10), back(0, 0)],
};

describe("rows of cohorts", () => {
  it("begin where the first visitor came, and keep the empty ones after", () => {
    const rows = cohortRows(table, true);
    expect(rows.map(({ id }) => id)).toEqual(["2026-11-02", "2026-11-03"]);
    expect(columnsOf(rows)).toBe(2);
  });

  it("are none where nobody came", () => {
    expect(cohortRows({ cohorts: [], sums: [] }, false)).toEqual([]);
    expect(columnsOf([])).toBe(0);
  });

  it("have a mean no longer than they are", () => {
    expect(sumsRow("all", table, 2, false)).toMatchObject({
      visitors: 10,
      cells: [{ rate: 100 }, { rate: 40 }],
    });
  });
});

describe("the average of a period that runs", () => {
  it("leaves out intervals that have not ended, but the first", () => {
    const running = {
      cohorts: [
        { start: "2026-11-01", visitors: 10, returned: [back(10, 10), back(4, 10), back(1, 10)] },
        { start: "2026-11-02", visitors: 20, returned: [back(20, 20), back(2, 20)] },
        { start: "2026-11-03", visitors: 30, returned: [back(30, 30)] },
      ],
      sums: [back(60, 60), back(6, 30), back(1, 10)],
    };
    const { cells } = sumsRow("all", running, 3, true);
    expect(cells.map(({ rate }) => rate)).toEqual([100, 40, null]);
    expect(cells[1]).toMatchObject({ of: 10, visitors: 4 });
    expect(sumsRow("all", running, 3, false).cells[1]?.rate).toBe(20);
  });
});

describe("shades", () => {
  it("ignore the interval in which everybody is there", () => {
    expect(highestRate(cohortRows(table, false))).toBe(40);
  });

  it("stay light enough to be written on", () => {
    expect(shade(40, 40)).toBe(50);
    expect(shade(100, 40)).toBe(50);
    expect(shade(10, 40)).toBe(18);
    expect(shade(0, 40)).toBe(0);
    expect(shade(null, 40)).toBe(0);
  });
});

describe("the usual interval", () => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  it.each([
    [{ named: "7d" }, "day"],
    [{ named: "91d" }, "week"],
    [{ named: "12mo" }, "month"],
    [{ named: "all" }, "week"],
    [{ named: "24h" }, "day"],
  ] as const)("of %j is the %s", (period, interval) => {
    expect(usualInterval(period, "UTC", now)).toBe(interval);
  });
});

it("speaks of the offsets that there are", () => {
  const cells = Array.from({ length: 9 }, () => back(1, 4));
  expect(headlines("day", cells).map(({ offset }) => offset)).toEqual([1, 7]);
  expect(headlines("week", table.sums).map(({ offset }) => offset)).toEqual([1]);
});
