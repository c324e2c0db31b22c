// The main chart: an area over the complete buckets, a dashed line into the one still filling, and
// a grey line for the compared period. uPlot draws; this file gives it colours from the style
// sheet, a tooltip and the arrow keys.

import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import type { Interval } from "../view/period";
import { bucketText, ticks } from "./buckets";

export interface Line {
  /** The buckets' labels as the server has them; of buckets to come, too. */
  labels: readonly string[];
  interval: Interval;
  /** Of the buckets so far: none of those to come. */
  values: readonly (number | null)[];
  /** The compared period, bucket by bucket. */
  before?: { labels: readonly string[]; values: readonly (number | null)[] } | undefined;
  /** Whether the last bucket still fills. */
  partial: boolean;
}

export interface Mark {
  index: number;
  text: string;
}

const NONE: readonly Mark[] = [];

interface Cursor {
  index: number;
  left: number;
  top: number;
  /** Of the whole chart, to keep the tooltip inside. */
  width: number;
}

export interface ChartProps {
  /** What is drawn: `Visitors, last 7 days`. */
  title: string;
  line: Line;
  /** A value with its unit: `1,204 visitors`. */
  format: (value: number) => string;
  /** A value on the axis. */
  short: (value: number) => string;
  marks?: readonly Mark[];
  /** What pressing a bucket does, such as looking closer at it. */
  onPick?: ((index: number) => void) | undefined;
}

export default function Chart({ title, line, format, short, marks = NONE, onPick }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [cursor, setCursor] = useState<Cursor | null>(null);
  const drawn = useRef<Drawing>({ line, marks, short });

  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const chart = new uPlot(
      options(element, () => drawn.current, setCursor),
      data(drawn.current.line),
      element,
    );
    plot.current = chart;
    const resized = new ResizeObserver(() => {
      if (element.clientWidth > 0) chart.setSize(size(element));
    });
    resized.observe(element);
    const repaint = () => chart.redraw(false, true);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", repaint);
    const theme = new MutationObserver(repaint);
    theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      scheme.removeEventListener("change", repaint);
      theme.disconnect();
      resized.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, []);

  useEffect(() => {
    drawn.current = { line, marks, short };
    plot.current?.setData(data(line));
  }, [line, marks, short]);

  const last = line.values.length - 1;
  const select = (index: number) => {
    const chart = plot.current;
    if (chart === null) return;
    const at = Math.min(last, Math.max(0, index));
    const top = chart.valToPos(line.values[at] ?? 0, "y");
    chart.setCursor({ left: chart.valToPos(at, "x"), top });
  };

  const shown = cursor !== null && cursor.index < line.labels.length ? cursor : null;
  const pick = () => {
    if (shown !== null && shown.index <= last) onPick?.(shown.index);
  };
  const value = (index: number) => said(line.values[index], format);
  const say = (index: number) =>
    `${bucketText(line.labels[index] ?? "", line.interval)}: ${value(index)}` +
    (line.partial && index === last ? ", so far" : "");
  const marked = shown === null ? [] : marks.filter(({ index }) => index === shown.index);

  return (
    <div className="relative h-full">
      <div
        ref={host}
        data-chart={line.values.length}
        className={`h-full w-full rounded ${onPick === undefined ? "" : "cursor-pointer"}`}
        role="slider"
        tabIndex={0}
        aria-label={`${title}. Arrow keys read each bucket${onPick === undefined ? "" : ", Enter looks closer"}.`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, last)}
        aria-valuenow={shown?.index ?? Math.max(0, last)}
        aria-valuetext={last < 0 ? "no data" : say(shown?.index ?? last)}
        onBlur={() => plot.current?.setCursor({ left: -10, top: -10 })}
        onClick={pick}
        onKeyDown={(event) => {
          if (event.key === "Enter") pick();
          const from = shown?.index ?? last + 1;
          const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[event.key];
          if (to === undefined) return;
          event.preventDefault();
          select(to);
        }}
      />
      {shown !== null && (
        <div
          aria-hidden="true"
          className="pointer-events-none absolute z-10 w-max max-w-72 rounded-md border border-line bg-panel px-3 py-2 text-[0.8125rem] shadow-lg"
          style={{
            top: Math.max(58, shown.top - 12),
            left: shown.left,
            translate: `${-100 * (shown.left / shown.width)}% -100%`,
          }}
        >
          <div className="text-muted">
            {bucketText(line.labels[shown.index] ?? "", line.interval)}
          </div>
          {shown.index <= last && (
            <div className="font-semibold">
              {value(shown.index)}
              {line.partial && shown.index === last && (
                <span className="font-normal text-brass"> so far</span>
              )}
            </div>
          )}
          {line.before !== undefined && shown.index < line.before.values.length && (
            <div className="text-muted">
              {bucketText(line.before.labels[shown.index] ?? "", line.interval)}:{" "}
              {said(line.before.values[shown.index], format)}
            </div>
          )}
          {marked.map((mark) => (
            <div key={mark.text} className="mt-1 text-brass">
              {mark.text}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

function said(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? "no data" : format(value);
}

function data(line: Line): uPlot.AlignedData {
  const last = line.values.length - 1;
  const at = (index: number) => line.values[index] ?? null;
  const indices = Array.from({ length: Math.max(line.labels.length, last + 1) }, (_, i) => i);
  const whole = indices.map((index) => (line.partial && index === last ? null : at(index)));
  const filling = indices.map((index) => (line.partial && index >= last - 1 ? at(index) : null));
  const before = indices.map((index) => line.before?.values[index] ?? null);
  return [indices, before, whole, filling] as uPlot.AlignedData;
}

function size(element: HTMLElement) {
  return { width: element.clientWidth, height: element.clientHeight };
}

type Drawing = Pick<ChartProps, "line" | "short"> & { marks: readonly Mark[] };
type Drawn = () => Drawing;

function options(
  element: HTMLElement,
  drawn: Drawn,
  setCursor: (cursor: Cursor | null) => void,
): uPlot.Options {
  const colour = (name: string) => getComputedStyle(element).getPropertyValue(`--${name}`).trim();
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  const named = (chart: uPlot) => {
    const { labels, interval } = drawn().line;
    return ticks(labels, interval, (chart.width - 60) / 66);
  };
  const dots = (chart: uPlot, series: number) => {
    // A dot where the bucket still fills, and where a point stands alone.
    const { values, partial } = drawn().line;
    if (series === 3) return partial ? [values.length - 1] : [];
    return chart.data[0].length === 1 ? [0] : [];
  };
  return {
    ...size(element),
    padding: [12, 24, 0, 4],
    legend: { show: false },
    scales: {
      x: { time: false, range: (_, min, max) => (min === max ? [min - 1, max + 1] : [min, max]) },
      y: { range: (_, __, max) => [0, (max || 0) > 0 ? (max || 0) * 1.08 : 4] },
    },
    cursor: {
      y: false,
      // The line stands on a bucket, as the dot and the tooltip do.
      move: (chart, left, top) =>
        left < 0 ? [left, top] : [chart.valToPos(chart.posToIdx(left), "x"), top],
      drag: { x: false, y: false },
      points: { size: 9, width: 2, fill: () => colour("panel") },
    },
    hooks: {
      setCursor: [
        (chart) => {
          const { idx, left } = chart.cursor;
          if (idx === null || idx === undefined || left === undefined || left < 0) {
            setCursor(null);
            return;
          }
          setCursor({
            index: idx,
            width: chart.width,
            left: chart.over.offsetLeft + chart.valToPos(idx, "x"),
            top: chart.over.offsetTop + chart.valToPos(drawn().line.values[idx] ?? 0, "y"),
          });
        },
      ],
      drawAxes: [
        (chart) => {
          const { ctx, bbox } = chart;
          ctx.save();
          ctx.strokeStyle = colour("brass-fill");
          ctx.fillStyle = colour("brass-fill");
          ctx.lineWidth = devicePixelRatio;
          for (const { index } of drawn().marks) {
            const x = Math.round(chart.valToPos(index, "x", true));
            ctx.beginPath();
            ctx.moveTo(x, bbox.top);
            ctx.lineTo(x, bbox.top + bbox.height);
            ctx.stroke();
            ctx.beginPath();
            ctx.arc(x, bbox.top, 4 * devicePixelRatio, 0, 2 * Math.PI);
            ctx.fill();
          }
          ctx.restore();
        },
      ],
    },
    axes: [
      {
        font,
        stroke: () => colour("muted"),
        grid: { show: false },
        ticks: { show: true, size: 5, width: 1, stroke: () => colour("line") },
        gap: 4,
        size: 34,
        splits: (chart) => named(chart).map((tick) => tick.index),
        values: (chart) => named(chart).map((tick) => tick.text),
      },
      {
        font,
        stroke: () => colour("muted"),
        grid: { width: 1, stroke: () => colour("line") },
        ticks: { show: false },
        gap: 8,
        space: 52,
        incrs: [1, 2, 5]
          .flatMap((n) => [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((e) => n * 10 ** e))
          .toSorted((a, b) => a - b),
        size: (_, values) => 18 + 7 * Math.max(2, ...(values ?? []).map((value) => value.length)),
        values: (_, splits) => splits.map((value) => drawn().short(value)),
      },
    ],
    series: [
      {},
      { stroke: () => colour("muted"), width: 1.5, alpha: 0.55, points: { show: false } },
      {
        stroke: () => colour("race"),
        width: 2,
        fill: (chart) => {
          const { top, height } = chart.bbox;
          const shade = chart.ctx.createLinearGradient(0, top, 0, top + height);
          const [red, green, blue] = colour("race").match(/[\d.]+/g) ?? ["0", "0", "0"];
          shade.addColorStop(0, `rgba(${red}, ${green}, ${blue}, 0.24)`);
          shade.addColorStop(1, `rgba(${red}, ${green}, ${blue}, 0.02)`);
          return shade;
        },
        points: { show: true, size: 7, filter: dots },
      },
      {
        stroke: () => colour("brass-fill"),
        width: 2,
        dash: [5, 4],
        points: {
          show: true,
          size: 8,
          width: 2,
          fill: () => colour("panel"),
          stroke: () => colour("brass-fill"),
          filter: dots,
        },
      },
    ],
  };
}
