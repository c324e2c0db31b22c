import { describe, expect, test } from "vitest";
import { asked, filterText, readFilter, withValue, writeFilter } from "./filters";
import { changeView, parseSearch, readView, writeSearch } from "./view";

describe("the view in the URL", () => {
  test("nothing said is the default, and the default says nothing", () => {
    const view = readView({});
    expect(view).toEqual({
      period: { named: "7d" },
      comparison: "previous",
      matchWeekday: false,
      filters: [],
      segment: null,
      interval: null,
    });
    expect(changeView({}, view)).toEqual({});
  });

  test("everything comes back as it was written", () => {
    const said = {
      period: { from: "2026-11-01", to: "2026-11-14" },
      comparison: { from: "2026-10-01", to: "2026-10-14" },
      matchWeekday: true,
      filters: [
        { operator: "is", dimension: "visit:source", values: ["Google", "a,b&c=d%2C+ü"] },
        { operator: "contains_not", dimension: "event:props:plan, old", values: ["", "~"] },
      ],
      segment: 7,
      interval: "week",
    } as const;
    const search = changeView(
      { open: ["1"] },
      { ...said, filters: said.filters.map((f) => ({ ...f, values: [...f.values] })) },
    );
    const text = writeSearch(search);
    expect(readView(parseSearch(text))).toEqual(said);
    expect(parseSearch(text)["open"]).toEqual(["1"]);
    expect(text).toContain("f=is,visit:source,Google,");
  });

  test("what is wrong is passed over", () => {
    const search = parseSearch(
      "?period=always&from=2026-02-30&to=x&compare=me&f=is&f=is,visit:nose,big&f=was,event:page,/&f=%E0%A4%A&segment=-1&interval=year",
    );
    expect(readView(search)).toEqual(readView({}));
  });

  test("dates the wrong way round are turned", () => {
    expect(readView(parseSearch("?from=2026-11-14&to=2026-11-01")).period).toEqual({
      from: "2026-11-01",
      to: "2026-11-14",
    });
  });
});

describe("filters", () => {
  test("a further value joins the filter of its dimension", () => {
    const one = withValue([], "visit:country", "DE");
    const two = withValue(one, "visit:country", "FR");
    expect(two).toEqual([{ operator: "is", dimension: "visit:country", values: ["DE", "FR"] }]);
    expect(withValue(two, "visit:country", "DE")).toEqual(two);
    expect(withValue(two, "visit:country", "US", "is_not")).toHaveLength(2);
  });

  test("what is asked has the segment last", () => {
    expect(asked(withValue([], "event:page", "/"), 3)).toEqual([
      ["is", "event:page", ["/"]],
      ["is", "segment", [3]],
    ]);
  });

  test("commas and percent signs in values are no borders", () => {
    const filter = {
      operator: "is",
      dimension: "event:page",
      values: ["/a,b", "100%", "/x y"],
    } as const;
    expect(readFilter(writeFilter({ ...filter, values: [...filter.values] }))).toEqual(filter);
  });

  test("what it says", () => {
    expect(filterText({ operator: "is_not", dimension: "event:props:plan", values: ["pro"] })).toBe(
      "plan is not pro",
    );
    expect(
      filterText({ operator: "is", dimension: "visit:source", values: ["a", "b", "c", "d"] }),
    ).toContain("2 others");
  });
});
