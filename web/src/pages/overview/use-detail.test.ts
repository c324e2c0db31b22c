import { expect, test } from "vitest";
import { readDetail, writeDetail } from "./use-detail";

const detail = {
  dimension: "visit:source",
  search: "goo",
  sort: "bounce_rate",
  order: "asc",
  page: 2,
} as const;

test("details survive the URL, beside what else it says", () => {
  const search = writeDetail({ period: ["day"] }, detail);
  expect(search).toEqual({
    period: ["day"],
    detail: ["visit:source"],
    detail_search: ["goo"],
    detail_sort: ["bounce_rate"],
    detail_page: ["3"],
  });
  expect(readDetail(search)).toEqual(detail);
  expect(writeDetail(search, null)).toEqual({ period: ["day"] });
  const down = writeDetail({}, { ...detail, order: "desc" });
  expect(down["detail_sort"]).toEqual(["-bounce_rate"]);
  expect(readDetail(down)?.order).toBe("desc");
});

test("what means nothing is passed over", () => {
  expect(readDetail({})).toBeNull();
  expect(readDetail({ detail: ["visit:shoe"] })).toBeNull();
  expect(readDetail({ detail: ["event:props:"] })).toBeNull();
  expect(readDetail({ detail: ["event:props:plan"], detail_page: ["-4"] })).toMatchObject({
    dimension: "event:props:plan",
    page: 0,
    sort: null,
    order: "desc",
  });
});
