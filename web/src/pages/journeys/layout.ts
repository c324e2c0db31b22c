// Where nodes and links of the flow picture stand, in pixels.

import { bySessions, type FlowLink, type FlowNode, linkKey } from "./flow";

export interface PlacedNode extends FlowNode {
  x: number;
  y: number;
  height: number;
}

export interface PlacedLink extends FlowLink {
  key: string;
  /** Where its upper edge leaves and arrives. */
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  height: number;
}

export interface Layout {
  nodes: PlacedNode[];
  links: PlacedLink[];
  width: number;
  height: number;
  /** Pixels a session. */
  scale: number;
  column: number;
}

export const BAR = 10;
/** A label's height: so much room every node has at least. */
const LINE = 34;
const GAP = 8;
const HEIGHT = 460;
const NARROWEST = 158;

const RANK = { anchor: 0, station: 0, other: 1, ended: 2 };

/** `back` draws from right to left: what lay before stands left of the anchor. */
export function layout(
  nodes: readonly FlowNode[],
  links: readonly FlowLink[],
  room: number,
  back: boolean,
): Layout {
  const depths = Math.max(0, ...nodes.map(({ depth }) => depth)) + 1;
  const column = Math.max(NARROWEST, Math.floor(room / depths));
  const columns = Array.from({ length: depths }, (_, depth) =>
    nodes
      .filter((node) => node.depth === depth)
      .toSorted((a, b) => RANK[a.kind] - RANK[b.kind] || bySessions(a, b)),
  );
  const total = Math.max(1, ...columns.map((own) => own.reduce((sum, n) => sum + n.sessions, 0)));
  const most = Math.max(1, ...columns.map((own) => own.length));
  const scale = Math.max(120, HEIGHT - most * (GAP + LINE / 3)) / total;

  const placed = new Map<string, PlacedNode>();
  let height = 0;
  for (const [depth, own] of columns.entries()) {
    let y = 0;
    for (const node of own) {
      const bar = Math.max(2, node.sessions * scale);
      const x = (back ? depths - 1 - depth : depth) * column;
      placed.set(node.key, { ...node, x, y, height: bar });
      y += Math.max(LINE, bar) + GAP;
    }
    height = Math.max(height, y - GAP);
  }
  return {
    nodes: [...placed.values()],
    links: placeLinks(links, placed, scale, back),
    width: column * depths,
    height,
    scale,
    column,
  };
}

function placeLinks(
  links: readonly FlowLink[],
  placed: ReadonlyMap<string, PlacedNode>,
  scale: number,
  back: boolean,
): PlacedLink[] {
  const left = new Map<string, number>();
  const arrived = new Map<string, number>();
  const y = (key: string) => placed.get(key)?.y ?? 0;
  // From top to bottom at both ends, so that ribbons cross as little as they can.
  const ordered = links.toSorted((a, b) => y(a.from) - y(b.from) || y(a.to) - y(b.to));
  const from = new Map<string, number>();
  for (const link of ordered) {
    from.set(linkKey(link.from, link.to), y(link.from) + (left.get(link.from) ?? 0));
    left.set(link.from, (left.get(link.from) ?? 0) + link.sessions * scale);
  }
  return ordered
    .toSorted((a, b) => y(a.to) - y(b.to) || y(a.from) - y(b.from))
    .map((link) => {
      const key = linkKey(link.from, link.to);
      const start = placed.get(link.from)?.x ?? 0;
      const end = placed.get(link.to)?.x ?? 0;
      const height = link.sessions * scale;
      const y1 = y(link.to) + (arrived.get(link.to) ?? 0);
      arrived.set(link.to, (arrived.get(link.to) ?? 0) + height);
      return {
        from: link.from,
        to: link.to,
        sessions: link.sessions,
        key,
        height,
        x0: back ? start : start + BAR,
        x1: back ? end + BAR : end,
        y0: from.get(key) ?? 0,
        y1,
      };
    });
}

/** A ribbon between two nodes. */
export function ribbon({ x0, y0, x1, y1 }: PlacedLink, height: number): string {
  const middle = (x0 + x1) / 2;
  const thick = Math.max(0.75, height);
  return (
    `M${x0},${y0}C${middle},${y0} ${middle},${y1} ${x1},${y1}` +
    `L${x1},${y1 + thick}C${middle},${y1 + thick} ${middle},${y0 + thick} ${x0},${y0 + thick}Z`
  );
}
