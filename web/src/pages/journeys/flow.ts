// Journeys as a picture: the tree of stations that the API answers, folded into columns. Stations
// of one name in one column are one node, whatever lay before them.

import type { Schemas } from "../../api/types";

type Station = Schemas["Station"];

/** `other` went elsewhere than to a named station, `ended` went nowhere any more. */
export type NodeKind = "anchor" | "station" | "other" | "ended";

/** Sessions that went one way, as the keys of its nodes. */
export interface Way {
  keys: string[];
  sessions: number;
}

export interface FlowNode {
  key: string;
  depth: number;
  kind: NodeKind;
  name: string;
  sessions: number;
}

export interface FlowLink {
  from: string;
  to: string;
  sessions: number;
}

const keyOf = (depth: number, kind: NodeKind, name = "") => `${depth} ${kind} ${name}`;

export function nodeOf(key: string): Pick<FlowNode, "depth" | "kind" | "name"> {
  const [depth = "0", kind = "", ...name] = key.split(" ");
  return {
    depth: Number(depth),
    kind: kind === "station" || kind === "other" || kind === "ended" ? kind : "anchor",
    name: name.join(" "),
  };
}

/** Every way by itself, named as far as it is told apart; the sessions of all ways are all there are. */
export function waysOf(start: Station, steps: number): Way[] {
  const ways: Way[] = [];
  const walk = (station: Station, keys: string[]) => {
    const depth = keys.length;
    if (depth > steps) {
      ways.push({ keys, sessions: station.sessions });
      return;
    }
    for (const branch of station.branches) {
      walk(branch, [...keys, keyOf(depth, "station", branch.name ?? "")]);
    }
    if (station.other > 0) {
      ways.push({ keys: [...keys, keyOf(depth, "other")], sessions: station.other });
    }
    if (station.ended > 0) {
      ways.push({ keys: [...keys, keyOf(depth, "ended")], sessions: station.ended });
    }
  };
  walk(start, [keyOf(0, "anchor")]);
  return ways;
}

/** The ways whose every station is known; and the sessions of those that went elsewhere in between. */
export function toldApart(ways: readonly Way[]): [Way[], number] {
  const told = ways.filter(({ keys }) => keys.every((key) => nodeOf(key).kind !== "other"));
  const sum = (list: readonly Way[]) => list.reduce((all, { sessions }) => all + sessions, 0);
  return [told, sum(ways) - sum(told)];
}

/** With the stations beyond the first few of each column among the others. */
export function fewer(ways: readonly Way[], most: number): Way[] {
  const kept = new Set<string>();
  const byDepth = new Map<number, FlowNode[]>();
  for (const node of nodesOf(ways)) {
    if (node.kind !== "station") continue;
    byDepth.set(node.depth, [...(byDepth.get(node.depth) ?? []), node]);
  }
  for (const nodes of byDepth.values()) {
    for (const { key } of nodes.toSorted(bySessions).slice(0, most)) kept.add(key);
  }
  const folded = new Map<string, Way>();
  for (const way of ways) {
    const keys = way.keys.map((key) => {
      const { kind, depth } = nodeOf(key);
      return kind === "station" && !kept.has(key) ? keyOf(depth, "other") : key;
    });
    const text = keys.join("\n");
    const known = folded.get(text);
    folded.set(text, { keys, sessions: way.sessions + (known?.sessions ?? 0) });
  }
  return [...folded.values()];
}

export const bySessions = (a: { sessions: number }, b: { sessions: number }) =>
  b.sessions - a.sessions;

export function nodesOf(ways: readonly Way[]): FlowNode[] {
  const sums = new Map<string, number>();
  for (const { keys, sessions } of ways) {
    for (const key of keys) sums.set(key, (sums.get(key) ?? 0) + sessions);
  }
  return [...sums].map(([key, sessions]) => {
    const { depth, kind, name } = nodeOf(key);
    return { key, depth, kind, name, sessions };
  });
}

export function linksOf(ways: readonly Way[]): FlowLink[] {
  const links = new Map<string, FlowLink>();
  for (const { keys, sessions } of ways) {
    for (const [index, to] of keys.entries()) {
      const from = keys[index - 1];
      if (from === undefined) continue;
      const text = linkKey(from, to);
      links.set(text, { from, to, sessions: sessions + (links.get(text)?.sessions ?? 0) });
    }
  }
  return [...links.values()];
}

export const linkKey = (from: string, to: string) => `${from}\n${to}`;

/** How many of each link's sessions go through a node, before or after. */
export function through(ways: readonly Way[], key: string): Map<string, number> {
  const links = linksOf(ways.filter(({ keys }) => keys.includes(key)));
  return new Map(links.map(({ from, to, sessions }) => [linkKey(from, to), sessions]));
}
