// A few lines over the last ten minutes. The pointer, or the arrow keys, read each point.

import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { known, latest, nearest, niceTop, path, places, type Series } from "./lines";

const STROKES: readonly { colour: string; dash?: string }[] = [
  { colour: "var(--race)" },
  { colour: "var(--brass-fill)", dash: "6 3" },
  { colour: "light-dark(#5468b4, #94a6ee)", dash: "2 3" },
  { colour: "var(--fault)", dash: "8 3 2 3" },
];

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

export function LineChart({
  title,
  instants,
  series,
  format,
  unknown,
}: {
  /** What is drawn, with its unit: `Events a second`. */
  title: string;
  instants: readonly number[];
  series: readonly Series[];
  format: (value: number) => string;
  /** What to say where no value is known. */
  unknown: string;
}) {
  const [at, point] = useState<number | null>(null);
  const last = instants.length - 1;
  const along = places(instants);
  const top = niceTop(Math.max(0, ...series.flatMap(({ values }) => values.map((v) => v ?? 0))));
  const index = at === null ? last : Math.min(at, last);
  const say = (value: number | null | undefined) =>
    value === null || value === undefined ? "not known" : format(value);
  const read = (of: number) =>
    `${clock.format(instants[of])}: ${series.map(({ text, values }) => `${text} ${say(values[of])}`).join(", ")}`;

  if (last < 0 || !series.some(({ values }) => known(values))) {
    return (
      <p className="flex h-52 items-center justify-center px-4 text-center text-sm text-muted">
        {last < 0 ? "The first figures come a few seconds after the start." : unknown}
      </p>
    );
  }
  const pressed = (event: KeyboardEvent) => {
    const to = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    point(Math.min(last, Math.max(0, to)));
  };
  const moved = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    if (box.width > 0) point(nearest(along, (event.clientX - box.left) / box.width));
  };
  const place = along[index] ?? 1;
  return (
    <div className="flex flex-col gap-2">
      <div className="relative ml-11 h-40">
        {[0, 0.5, 1].map((part) => (
          <div
            key={part}
            aria-hidden="true"
            className="absolute inset-x-0 h-px bg-line text-xs text-muted"
            style={{ bottom: `${part * 100}%` }}
          >
            <span className="absolute -top-2 right-full pr-2 whitespace-nowrap">
              {format(top * part)}
            </span>
          </div>
        ))}
        <div
          role="slider"
          tabIndex={0}
          aria-label={`${title}, last ten minutes. Arrow keys read each point.`}
          aria-valuemin={0}
          aria-valuemax={last}
          aria-valuenow={index}
          aria-valuetext={read(index)}
          className="absolute inset-0 rounded"
          onKeyDown={pressed}
          onPointerMove={moved}
          onPointerLeave={() => point(null)}
          onBlur={() => point(null)}
        >
          <svg
            aria-hidden="true"
            viewBox="0 0 100 100"
            preserveAspectRatio="none"
            className="h-full w-full overflow-visible"
          >
            {series.map(({ id, values }, order) => (
              <path
                key={id}
                d={path(values, along, top)}
                fill="none"
                strokeWidth="2"
                strokeLinejoin="round"
                vectorEffect="non-scaling-stroke"
                style={{ stroke: STROKES[order]?.colour }}
                strokeDasharray={STROKES[order]?.dash}
              />
            ))}
          </svg>
          {at !== null && (
            <>
              <span
                aria-hidden="true"
                className="absolute inset-y-0 w-px bg-muted"
                style={{ left: `${place * 100}%` }}
              />
              <div
                aria-hidden="true"
                className="pointer-events-none absolute top-1 z-10 rounded-md border border-line bg-panel px-3 py-2 text-xs whitespace-nowrap shadow-lg"
                style={
                  place > 0.55
                    ? { right: `calc(${(1 - place) * 100}% + 0.6rem)` }
                    : { left: `calc(${place * 100}% + 0.6rem)` }
                }
              >
                <p className="mb-1 font-medium">{clock.format(instants[index])}</p>
                {series.map(({ id, text, values }, order) => (
                  <p key={id} className="flex items-center gap-2">
                    <Swatch order={order} />
                    <span className="flex-1 pr-3">{text}</span>
                    {say(values[index])}
                  </p>
                ))}
              </div>
            </>
          )}
        </div>
      </div>
      <div aria-hidden="true" className="ml-11 flex justify-between text-xs text-muted">
        <span>10 min ago</span>
        <span>now</span>
      </div>
      {series.length > 1 && (
        <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm" aria-label="Lines">
          {series.map(({ id, text, values }, order) => (
            <li key={id} className="flex items-center gap-2">
              <Swatch order={order} />
              {text} <span className="text-muted">{say(latest(values))}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Swatch({ order }: { order: number }) {
  const stroke = STROKES[order];
  return (
    <svg aria-hidden="true" viewBox="0 0 22 4" className="h-1 w-5.5 shrink-0">
      <path
        d="M0 2H22"
        strokeWidth="3"
        style={{ stroke: stroke?.colour }}
        strokeDasharray={stroke?.dash}
      />
    </svg>
  );
}
