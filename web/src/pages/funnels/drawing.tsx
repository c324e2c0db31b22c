// The funnel as columns: each as high as the share of the first step's visitors that it has, with
// the stream narrowing from one to the next.

import type { Schemas } from "../../api/types";
import { formatCount, formatDuration, formatPercent, formatRate } from "../../format";
import { ParamLink } from "../../parts/param-link";
import { ScrollBox } from "../../parts/scroll-box";
import { numbered } from "./steps";

export type FunnelStep = Schemas["FunnelStep"];

export function Drawing({
  steps,
  before,
}: {
  steps: readonly FunnelStep[];
  /** The same of the compared period. */
  before: readonly FunnelStep[] | null;
}) {
  return (
    <ScrollBox label="Steps of the funnel" className="px-4 pb-4 sm:px-5">
      <ol className="flex min-w-max">
        {numbered(steps).map(({ item: step, at: index }) => (
          <Column
            key={index}
            index={index}
            step={step}
            previous={steps[index - 1]}
            next={steps[index + 1]}
            before={before?.[index]}
          />
        ))}
      </ol>
    </ScrollBox>
  );
}

/** From the top, of 100. */
const top = (step: FunnelStep | undefined) => 100 - Math.min(100, Math.max(0, step?.of_first ?? 0));

function Column({
  index,
  step,
  previous,
  next,
  before,
}: {
  index: number;
  step: FunnelStep;
  previous: FunnelStep | undefined;
  next: FunnelStep | undefined;
  before: FunnelStep | undefined;
}) {
  const y = top(step);
  return (
    <li className="flex w-40 flex-auto flex-col md:w-44">
      <div className="pr-4 pb-2">
        <p className="truncate text-sm font-semibold" title={step.name}>
          <span className="mr-1.5 font-normal text-muted">{index + 1}</span>
          {step.name}
        </p>
        <p className="text-xl font-semibold tracking-tight">
          {step.of_first === null ? "–" : percentText(step.of_first)}
          {before !== undefined &&
            before.of_first !== null &&
            step.of_first !== null &&
            index > 0 && <Points now={step.of_first} then={before.of_first} />}
        </p>
        <p className="text-[0.8125rem] text-muted">
          {formatCount(step.visitors)} {step.visitors === 1 ? "visitor" : "visitors"}
        </p>
      </div>
      <div className="relative h-44 border-b border-muted/60 md:h-56">
        <svg
          viewBox="0 0 100 100"
          preserveAspectRatio="none"
          className="absolute inset-0 size-full"
          aria-hidden="true"
        >
          {next !== undefined && (
            <polygon
              points={`46,${y} 100,${top(next)} 100,100 46,100`}
              className="fill-race-soft"
            />
          )}
          {previous !== undefined && (
            <rect
              x="0"
              width="46"
              y={top(previous)}
              height={y - top(previous)}
              className="fill-race-soft/45"
            />
          )}
          <rect x="0" width="46" y={y} height={100 - y} className="fill-race" />
          {before !== undefined && index > 0 && (
            <line
              x1="0"
              x2="46"
              y1={top(before)}
              y2={top(before)}
              className="stroke-brass-fill"
              strokeWidth="2"
              strokeDasharray="4 3"
              vectorEffect="non-scaling-stroke"
            />
          )}
        </svg>
      </div>
      <div className="min-h-20 pt-2 pr-3 text-[0.8125rem]">
        {index === 0 ? (
          <ParamLink change={{ people: "1:converted" }}>Who started</ParamLink>
        ) : (
          <>
            <p>
              <span className="text-muted">from the step before </span>
              {step.of_previous === null ? "–" : percentText(step.of_previous)}
            </p>
            <p>
              <ParamLink change={{ people: `${index + 1}:dropped` }}>
                {formatCount(step.dropped)} left<span className="sr-only"> before {step.name}</span>
              </ParamLink>
              <span className="text-muted"> · </span>
              <ParamLink change={{ people: `${index + 1}:converted` }}>
                who came<span className="sr-only"> to {step.name}</span>
              </ParamLink>
            </p>
            {step.median_seconds !== null && (
              <p className="text-muted" title="Half of them took no longer">
                median {formatDuration(step.median_seconds)}
              </p>
            )}
          </>
        )}
      </div>
    </li>
  );
}

/** `62.9%`, and `100%` where a decimal says nothing. */
export function percentText(value: number): string {
  return value >= 10 || value === 0 ? formatPercent(value) : `${formatRate(value)}%`;
}

/** The difference to the compared period in points. */
export function Points({ now, then }: { now: number; then: number }) {
  const points = Math.round((now - then) * 10) / 10;
  const up = points > 0;
  return (
    <span
      className={`ml-2 text-xs font-medium ${points === 0 ? "text-muted" : up ? "text-good" : "text-fault"}`}
      title={`${percentText(then)} in the compared period`}
    >
      <span aria-hidden="true">{points === 0 ? "=" : up ? "↑" : "↓"} </span>
      <span className="sr-only">{points === 0 ? "the same" : up ? "up" : "down"} </span>
      {formatRate(Math.abs(points))} pts
    </span>
  );
}
