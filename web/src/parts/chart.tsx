// The main chart: an area over the complete buckets, a dashed line into the one still filling.
// uPlot draws; this file gives it colours from the style sheet, a tooltip and the arrow keys.

import { useEffect, useEffectEvent, useRef, useState } from "react";
import uPlot from "uplot";
import { formatCount, formatShort } from "../format";
import type { Shape } from "../series";
import { bucketLabel, peak, ticks } from "../series";

interface Cursor {
  index: number;
  left: number;
  top: number;
  /** Of the whole chart, to keep the tooltip inside. */
  width: number;
}

export default function Chart({ shape, title }: { shape: Shape; title: string }) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [cursor, setCursor] = useState<Cursor | null>(null);

  const drawn = useEffectEvent(() => shape);

  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const chart = new uPlot(options(element, drawn, setCursor), data(drawn()), element);
    plot.current = chart;

    const resized = new ResizeObserver(() => {
      if (element.clientWidth > 0) chart.setSize(size(element));
    });
    resized.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const repaint = () => chart.redraw(false, true);
    scheme.addEventListener("change", repaint);
    return () => {
      scheme.removeEventListener("change", repaint);
      resized.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, []);

  useEffect(() => {
    plot.current?.setData(data(shape));
  }, [shape]);

  const last = shape.counts.length - 1;
  const select = (index: number) => {
    const chart = plot.current;
    if (chart === null) return;
    const at = Math.min(last, Math.max(0, index));
    const top = chart.valToPos(shape.counts[at] ?? 0, "y");
    chart.setCursor({ left: chart.valToPos(at, "x"), top });
  };

  const shown = cursor !== null && cursor.index <= last ? cursor : null;
  const highest = peak(shape.counts);
  const say = (index: number) =>
    `${bucketLabel(shape.times[index] ?? "", shape.interval)}: ${events(shape.counts[index] ?? 0)}` +
    (shape.partial && index === last ? ", so far" : "");

  return (
    <div className="relative">
      <div
        ref={host}
        data-chart={shape.counts.length}
        className="h-full w-full rounded"
        role="slider"
        tabIndex={0}
        aria-label={`${title}. ${events(shape.total)} in all${highest < 0 ? "" : `, most in ${say(highest)}`}. Arrow keys read each bucket.`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, last)}
        aria-valuenow={shown?.index ?? Math.max(0, last)}
        aria-valuetext={last < 0 ? "no data" : say(shown?.index ?? last)}
        onBlur={() => plot.current?.setCursor({ left: -10, top: -10 })}
        onKeyDown={(event) => {
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
          className="pointer-events-none absolute z-10 w-max rounded-md border border-line bg-panel px-3 py-2 text-[0.8125rem] shadow-lg"
          style={{
            top: Math.max(58, shown.top - 12),
            left: shown.left,
            translate: `${-100 * (shown.left / shown.width)}% -100%`,
          }}
        >
          <div className="text-muted">
            {bucketLabel(shape.times[shown.index] ?? "", shape.interval)}
          </div>
          <div className="font-semibold">
            {events(shape.counts[shown.index] ?? 0)}
            {shape.partial && shown.index === last && (
              <span className="font-normal text-brass"> so far</span>
            )}
          </div>
        </div>
      )}
    </div>
  );
}

function events(count: number): string {
  return `${formatCount(count)} ${count === 1 ? "event" : "events"}`;
}

function data(shape: Shape): uPlot.AlignedData {
  return [shape.x, shape.complete, shape.filling];
}

function size(element: HTMLElement) {
  return { width: element.clientWidth, height: element.clientHeight };
}

function options(
  element: HTMLElement,
  shape: () => Shape,
  setCursor: (cursor: Cursor | null) => void,
): uPlot.Options {
  const colour = (name: string) => getComputedStyle(element).getPropertyValue(`--${name}`).trim();
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  const points = (chart: uPlot, series: number) => {
    // A dot where the bucket still fills, and where a point stands alone between gaps.
    const last = shape().counts.length - 1;
    if (series === 2) return shape().partial ? [last] : [];
    return chart.data[0].length === 1 ? [0] : [];
  };
  return {
    ...size(element),
    padding: [12, 24, 0, 4],
    legend: { show: false },
    scales: {
      x: { time: false, range: (_, min, max) => (min === max ? [min - 1, max + 1] : [min, max]) },
      y: { range: (_, __, max) => [0, Math.max(4, (max || 0) * 1.08)] },
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
          const box = chart.over;
          setCursor({
            index: idx,
            width: chart.width,
            left: box.offsetLeft + chart.valToPos(idx, "x"),
            top: box.offsetTop + chart.valToPos(shape().counts[idx] ?? 0, "y"),
          });
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
        splits: (chart) => labels(chart, shape()).map((tick) => tick.index),
        values: (chart) => labels(chart, shape()).map((tick) => tick.label),
      },
      {
        font,
        stroke: () => colour("muted"),
        grid: { width: 1, stroke: () => colour("line") },
        ticks: { show: false },
        gap: 8,
        space: 52,
        incrs: [1, 2, 5]
          .flatMap((n) => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((e) => n * 10 ** e))
          .toSorted((a, b) => a - b),
        size: (_, values) => 18 + 7 * Math.max(2, ...(values ?? []).map((value) => value.length)),
        values: (_, splits) => splits.map((value) => formatShort(value)),
      },
    ],
    series: [
      {},
      {
        stroke: () => colour("race"),
        width: 2,
        fill: (chart) => {
          const { top, height } = chart.bbox;
          const shade = chart.ctx.createLinearGradient(0, top, 0, top + height);
          shade.addColorStop(0, `${colour("race")}3d`);
          shade.addColorStop(1, `${colour("race")}05`);
          return shade;
        },
        points: { show: true, size: 7, filter: points },
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
          filter: points,
        },
      },
    ],
  };
}

function labels(chart: uPlot, shape: Shape) {
  const room = (chart.width - 60) / 62;
  return ticks(shape.times, shape.interval, room);
}
