import { describe, expect, it } from "vitest";
import type { Schemas } from "../../api/types";
import { fewer, linksOf, nodesOf, through, toldApart, waysOf } from "./flow";
import { layout } from "./layout";

type Station = Schemas["Station"];

const station = (
  name: string | null,
  sessions: number,
  branches: Station[] = [],
  [other, ended]: [number, number] = [0, 0],
): Station => ({ name, sessions, branches, other, ended });

// 10 sessions: six to /a (four on to /b, two left), three to /b (one on to /b's /c), one elsewhere.
const start = station(
  null,
  10,
  [
    station("/a", 6, [station("/b", 4, [], [3, 1])], [0, 2]),
    station("/b", 3, [station("/c", 1, [], [0, 1])], [1, 1]),
  ],
  [1, 0],
);
const ways = waysOf(start, 2);
const sessions = (kind: string, depth: number, name = "") =>
  nodesOf(ways).find((node) => node.kind === kind && node.depth === depth && node.name === name)
    ?.sessions;

describe("the ways of a tree", () => {
  it("have every session once", () => {
    expect(ways.reduce((sum, way) => sum + way.sessions, 0)).toBe(10);
  });

  it("become nodes by depth and name", () => {
    expect(sessions("anchor", 0)).toBe(10);
    expect(sessions("station", 1, "/a")).toBe(6);
    expect(sessions("station", 2, "/b")).toBe(4);
    expect(sessions("other", 1)).toBe(1);
    expect(sessions("ended", 2)).toBe(3);
  });

  it("do not go beyond the last step", () => {
    expect(Math.max(...nodesOf(ways).map(({ depth }) => depth))).toBe(2);
  });

  it("become links whose sum is what arrives", () => {
    const into = linksOf(ways).filter(({ to }) => to === "2 ended ");
    expect(into.map(({ from, sessions: count }) => [from, count])).toEqual([
      ["1 station /a", 2],
      ["1 station /b", 1],
    ]);
  });
});

describe("ways that are told apart", () => {
  it("go over known stations alone; the others are counted", () => {
    const [told, rest] = toldApart(ways);
    expect(told.flatMap(({ keys }) => keys).some((key) => key.includes("other"))).toBe(false);
    expect(told.reduce((sum, way) => sum + way.sessions, 0) + rest).toBe(10);
    expect(rest).toBe(2);
  });
});

describe("fewer stations", () => {
  const few = fewer(ways, 1);

  it("put the rest among the others and lose nobody", () => {
    expect(few.reduce((sum, way) => sum + way.sessions, 0)).toBe(10);
    const names = nodesOf(few)
      .filter(({ kind }) => kind === "station")
      .map(({ key }) => key);
    expect(names).toEqual(["1 station /a", "2 station /b"]);
    expect(nodesOf(few).find(({ key }) => key === "1 other ")?.sessions).toBe(4);
  });
});

it("tells what goes through a node, before it and after", () => {
  const lit = through(ways, "1 station /a");
  expect([...lit.values()]).toEqual([6, 4, 2]);
  expect([...through(ways, "2 station /c").keys()]).toEqual([
    "0 anchor \n1 station /b",
    "1 station /b\n2 station /c",
  ]);
});

describe("the layout", () => {
  const nodes = nodesOf(ways);
  const links = linksOf(ways);

  it("has a column for each step, none too narrow", () => {
    const { width, column } = layout(nodes, links, 300, false);
    expect(column).toBe(158);
    expect(width).toBe(3 * 158);
    expect(layout(nodes, links, 900, false).width).toBe(900);
  });

  it("stands the anchor at the right where one looks back", () => {
    const anchor = layout(nodes, links, 900, true).nodes.find(({ kind }) => kind === "anchor");
    expect(anchor?.x).toBe(600);
  });

  it("lets no two nodes of a column overlap", () => {
    const { nodes: placed } = layout(nodes, links, 900, false);
    const column = placed.filter(({ depth }) => depth === 2).toSorted((a, b) => a.y - b.y);
    const apart = column.slice(1).every((node, index) => {
      const before = column[index];
      return before !== undefined && node.y >= before.y + before.height;
    });
    expect(apart).toBe(true);
  });

  it("keeps links within their nodes", () => {
    const { nodes: placed, links: ribbons } = layout(nodes, links, 900, false);
    const within = ribbons.every((link) => {
      const node = placed.find(({ key }) => key === link.to);
      return node !== undefined && link.y1 + link.height <= node.y + node.height + 0.01;
    });
    expect(within).toBe(true);
  });
});
