// The countries, each coloured by its count. The shapes are a chunk of their own, fetched when the
// map is first shown. One stop of the Tab key; the arrow keys go from country to country, the one
// with the most first.

import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { formatCount, formatShort } from "../../format";
import { countryName } from "../../view/names";
import { Skeleton } from "../skeleton";
import { stepOf, stepsOf } from "./steps";

export interface CountryCount {
  /** ISO 3166-1 alpha-2 */
  code: string;
  count: number;
}

interface World {
  width: number;
  height: number;
  /** Land that belongs to no country with a code. */
  land: string;
  shapes: Record<string, string>;
  dots: Record<string, number[]>;
}

const FILLS = [
  "fill-race/20",
  "fill-race/38",
  "fill-race/56",
  "fill-race/76",
  "fill-race",
] as const;
const SWATCHES = ["bg-race/20", "bg-race/38", "bg-race/56", "bg-race/76", "bg-race"] as const;

/** Fewer steps than colours use the strong end: the largest count is always the darkest. */
const colour = (step: number, steps: number) => step + FILLS.length - steps;

export function WorldMap({
  counts,
  unit,
  onPick,
  className = "",
}: {
  counts: readonly CountryCount[];
  /** What is counted, in the plural: `visitors`. */
  unit: string;
  onPick?: ((code: string) => void) | undefined;
  className?: string;
}) {
  const world = useWorld();
  const steps = useMemo(() => stepsOf(counts.map(({ count }) => count)), [counts]);
  return (
    <figure className={`flex min-w-0 flex-col ${className}`}>
      <div className="relative" style={{ aspectRatio: "1000 / 450" }}>
        {world === null ? (
          <Skeleton className="h-full w-full" />
        ) : (
          <Shapes world={world} counts={counts} steps={steps} unit={unit} onPick={onPick} />
        )}
      </div>
      <figcaption className="mt-2 flex min-h-4 flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted">
        {steps.map((start, index) => (
          <span key={start} className="inline-flex items-center gap-1.5">
            <span
              aria-hidden="true"
              className={`size-2.5 rounded-xs ${SWATCHES[colour(index, steps.length)] ?? ""}`}
            />
            {rangeText(steps, index)}
          </span>
        ))}
        {steps.length > 0 && <span>{unit}</span>}
      </figcaption>
    </figure>
  );
}

function rangeText(steps: readonly number[], index: number): string {
  const start = steps[index] ?? 0;
  const next = steps[index + 1];
  if (next === undefined) return `${formatShort(start)}+`;
  return next - 1 === start ? formatShort(start) : `${formatShort(start)}–${formatShort(next - 1)}`;
}

interface Pointed {
  code: string;
  /** Of the map's width and height, 0 to 1. */
  x: number;
  y: number;
}

function Shapes({
  world,
  counts,
  steps,
  unit,
  onPick,
}: {
  world: World;
  counts: readonly CountryCount[];
  steps: readonly number[];
  unit: string;
  onPick: ((code: string) => void) | undefined;
}) {
  const svg = useRef<SVGSVGElement>(null);
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const shown = useMemo(
    () =>
      counts
        .filter(({ code, count }) => count > 0 && (code in world.shapes || code in world.dots))
        .toSorted((a, b) => b.count - a.count),
    [counts, world],
  );
  const byCode = useMemo(() => new Map(shown.map((each) => [each.code, each.count])), [shown]);
  const reached = shown.some(({ code }) => code === pointed?.code) ? pointed?.code : shown[0]?.code;
  const say = (code: string) =>
    `${countryName(code)}: ${formatCount(byCode.get(code) ?? 0)} ${unit}`;

  const moved = (event: KeyboardEvent, code: string) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      onPick?.(code);
    }
    if (event.key === "Escape") setPointed(null);
    const at = shown.findIndex((each) => each.code === code);
    const to = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      Home: 0,
      End: shown.length - 1,
    }[event.key];
    const next = to === undefined ? undefined : shown[to];
    if (next === undefined) return;
    event.preventDefault();
    svg.current?.querySelector<SVGElement>(`[data-country="${next.code}"]`)?.focus();
  };

  /** The tooltip stands over the middle of what is focused. */
  const focused = (element: SVGGraphicsElement, code: string) => {
    const box = element.getBBox?.();
    if (box === undefined) return setPointed({ code, x: 0.5, y: 0.5 });
    setPointed({
      code,
      x: (box.x + box.width / 2) / world.width,
      y: (box.y + box.height / 2) / world.height,
    });
  };
  const over = (event: React.PointerEvent, code: string) => {
    const box = svg.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return;
    setPointed({
      code,
      x: (event.clientX - box.left) / box.width,
      y: (event.clientY - box.top) / box.height,
    });
  };

  const known = (code: string) => ({
    "data-country": code,
    role: onPick === undefined ? "img" : "button",
    tabIndex: code === reached ? 0 : -1,
    "aria-label": onPick === undefined ? say(code) : `Filter by ${say(code)}`,
    className: `${FILLS[colour(stepOf(byCode.get(code) ?? 0, steps), steps.length)] ?? ""} stroke-panel outline-none hover:stroke-ink focus-visible:stroke-ink focus-visible:[stroke-width:2.5] ${onPick === undefined ? "" : "cursor-pointer"}`,
    onClick: () => onPick?.(code),
    onKeyDown: (event: KeyboardEvent) => moved(event, code),
    onFocus: (event: React.FocusEvent<SVGGraphicsElement>) => focused(event.currentTarget, code),
    onBlur: () => setPointed(null),
    onPointerMove: (event: React.PointerEvent) => over(event, code),
  });
  const dot = (code: string) => world.dots[code] ?? [0, 0];

  return (
    <>
      <svg
        ref={svg}
        viewBox={`0 0 ${world.width} ${world.height}`}
        className="h-full w-full overflow-visible"
        role="group"
        aria-label={
          shown.length === 0
            ? "World map: no country in this period"
            : `World map: ${shown.length} countries by ${unit}. Arrow keys go from one to the next.`
        }
        strokeWidth={0.7}
        onPointerLeave={() => setPointed(null)}
      >
        <Land world={world} />
        {shown.map(({ code }) =>
          code in world.shapes ? (
            <path key={code} d={world.shapes[code]} {...known(code)} />
          ) : (
            <circle key={code} cx={dot(code)[0]} cy={dot(code)[1]} r={4.5} {...known(code)} />
          ),
        )}
      </svg>
      {pointed !== null && byCode.has(pointed.code) && (
        <div
          aria-hidden="true"
          className="pointer-events-none absolute z-10 w-max rounded-md border border-line bg-panel px-2.5 py-1.5 text-[0.8125rem] shadow-lg"
          style={{
            left: `${pointed.x * 100}%`,
            top: `calc(${pointed.y * 100}% - 12px)`,
            translate: `${-100 * Math.min(1, Math.max(0, pointed.x))}% -100%`,
          }}
        >
          <div className="text-muted">{countryName(pointed.code)}</div>
          <div className="font-semibold">
            {formatCount(byCode.get(pointed.code) ?? 0)} {unit}
          </div>
        </div>
      )}
    </>
  );
}

/** All land, without counts: drawn once. */
function Land({ world }: { world: World }) {
  const all = useMemo(() => world.land + Object.values(world.shapes).join(""), [world]);
  return <path d={all} className="fill-line stroke-panel" aria-hidden="true" />;
}

let loaded: World | null = null;

function useWorld(): World | null {
  const [world, setWorld] = useState(loaded);
  useEffect(() => {
    if (world !== null) return undefined;
    let gone = false;
    const load = async () => {
      loaded = (await import("./world.json")).default;
      if (!gone) setWorld(loaded);
    };
    load().catch(() => undefined); // the countries are listed beside it
    return () => {
      gone = true;
    };
  }, [world]);
  return world;
}
