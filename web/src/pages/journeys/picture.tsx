// The flow picture: bars for stations, ribbons for the sessions between them. Pointing at a station,
// or moving the focus to it, lights up the ways that lead through it.

import { useEffect, useRef, useState } from "react";
import { formatCount, formatShare, formatShort } from "../../format";
import { Menu } from "../../parts/menu";
import { ScrollBox } from "../../parts/scroll-box";
import { linksOf, nodesOf, through, type Way } from "./flow";
import { BAR, layout, type PlacedNode, ribbon } from "./layout";

/** Ribbons run behind the texts. */
const HALO = Array.from({ length: 4 }, () => "0 0 3px var(--panel)").join(", ");

export interface StationActions {
  from: (name: string) => void;
  to: (name: string) => void;
  filter: (name: string) => void;
}

export function Picture({
  ways,
  back,
  anchor,
  actions,
}: {
  ways: readonly Way[];
  /** Whether what lay before the anchor is shown. */
  back: boolean;
  /** What the anchor is called. */
  anchor: string;
  actions: StationActions;
}) {
  const [lit, setLit] = useState<string | null>(null);
  const [room, measure] = useWidth();
  const nodes = nodesOf(ways);
  const all = nodes.find(({ kind }) => kind === "anchor")?.sessions ?? 0;
  const placed = layout(nodes, linksOf(ways), room, back);
  const shown = lit === null ? null : through(ways, lit);
  return (
    <ScrollBox label="Flow of sessions" className="pb-4">
      <div ref={measure} className="mx-4 sm:mx-5">
        <div className="relative" style={{ width: placed.width, height: placed.height }}>
          <svg
            width={placed.width}
            height={placed.height}
            className="absolute inset-0"
            aria-hidden="true"
          >
            {placed.links.map((link) => (
              <path
                key={link.key}
                d={ribbon(link, link.height)}
                className={
                  link.to.includes(" ended ")
                    ? "fill-muted/12"
                    : shown === null
                      ? "fill-stream/28"
                      : "fill-stream/14"
                }
              />
            ))}
            {shown !== null &&
              placed.links.map((link) => {
                const sessions = shown.get(link.key);
                if (sessions === undefined) return null;
                return (
                  <path
                    key={link.key}
                    d={ribbon(link, sessions * placed.scale)}
                    className="pointer-events-none fill-race/45"
                  />
                );
              })}
            {placed.nodes.map((node) => (
              <rect
                key={node.key}
                x={node.x}
                y={node.y}
                width={BAR}
                height={node.height}
                rx="2"
                className={
                  node.kind === "ended"
                    ? "fill-muted/45"
                    : node.kind === "other"
                      ? "fill-stream"
                      : "fill-race"
                }
              />
            ))}
          </svg>
          {placed.nodes.map((node) => (
            <Label
              key={node.key}
              node={node}
              all={all}
              width={placed.column - BAR - 14}
              text={textOf(node, anchor, back)}
              actions={actions}
              onLight={setLit}
            />
          ))}
        </div>
      </div>
    </ScrollBox>
  );
}

export function textOf(
  { kind, name }: Pick<PlacedNode, "kind" | "name">,
  anchor: string,
  back: boolean,
): string {
  if (kind === "anchor") return anchor;
  if (kind === "other") return "Others";
  if (kind === "ended") return back ? "Began there" : "Left";
  return name;
}

function Label({
  node,
  all,
  width,
  text,
  actions,
  onLight,
}: {
  node: PlacedNode;
  all: number;
  width: number;
  text: string;
  actions: StationActions;
  onLight: (key: string | null) => void;
}) {
  const station = node.kind === "station";
  const figures = `${formatCount(node.sessions)} sessions, ${formatShare(node.sessions, all)}`;
  const lines = (
    <>
      <span className={`block truncate ${station ? "" : "italic"}`}>{text}</span>{" "}
      <span className="block truncate text-xs">
        {formatShort(node.sessions)} · {formatShare(node.sessions, all)}
      </span>
    </>
  );
  return (
    // What is pointed at is the station's own button, or a text that does nothing.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className="absolute text-[0.8125rem] leading-[1.0625rem]"
      style={{ left: node.x + BAR + 5, top: node.y, width, textShadow: HALO }}
      title={`${text}: ${figures}`}
      onMouseEnter={() => onLight(node.key)}
      onMouseLeave={() => onLight(null)}
      onFocus={() => onLight(node.key)}
      onBlur={() => onLight(null)}
    >
      {station ? (
        <Menu
          label={`${text} ${formatShort(node.sessions)} · ${formatShare(node.sessions, all)} of the sessions`}
          align="start"
          className="block w-full rounded-sm text-left hover:underline"
          trigger={lines}
          groups={[
            [
              { id: "from", text: "What comes after", onSelect: () => actions.from(node.name) },
              { id: "to", text: "What lies before", onSelect: () => actions.to(node.name) },
            ],
            [{ id: "filter", text: "Filter by it", onSelect: () => actions.filter(node.name) }],
          ]}
        />
      ) : (
        lines
      )}
    </div>
  );
}

/** How wide an element is; a guess before it is measured. */
function useWidth() {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(1_000);
  useEffect(() => {
    const measured = element.current;
    if (measured === null || typeof ResizeObserver === "undefined") return undefined;
    const observer = new ResizeObserver(([entry]) => {
      const next = Math.floor(entry?.contentRect.width ?? 0);
      if (next > 0) setWidth(next);
    });
    observer.observe(measured);
    return () => observer.disconnect();
  }, []);
  return [width, element] as const;
}
