// The figures and, below them, the chosen one bucket by bucket.

import { lazy, Suspense, useMemo } from "react";
import { useSite } from "../../api/site";
import type { Report } from "../../api/types";
import { formatShort } from "../../format";
import { Answer } from "../../parts/answer";
import { Choice } from "../../parts/choice";
import { Skeleton } from "../../parts/skeleton";
import { isConverting } from "../../view/filters";
import { METRICS, type MetricId, metricName, metricShort, metricText } from "../../view/metrics";
import { type Interval, periodText } from "../../view/period";
import { useParam, useView } from "../../view/use-view";
import { Annotations } from "./annotations";
import { ExportMenu } from "./export-menu";
import { FigureStrip } from "./figure-strip";
import { type Figure, fits, lineOf, widthsOf } from "./figures";
import { lookCloser } from "./look-closer";
import { marksOf } from "./marks";
import { useAnnotations } from "./use-annotations";
import { useFigures } from "./use-figures";

const Chart = lazy(() => import("../../parts/chart"));

const INTERVALS: readonly Interval[] = ["minute", "hour", "day", "week", "month"];
const WIDTH_TEXT = {
  minute: "Minutes",
  hour: "Hours",
  day: "Days",
  week: "Weeks",
  month: "Months",
};

export function MainChart() {
  const site = useSite();
  const [view, setView] = useView();
  const [named, setNamed] = useParam<Figure>("metric", "visitors");
  const { interval, figures, totals, buckets, before } = useFigures();
  const figure = figures.find((each) => each === named) ?? "visitors";
  const converting = isConverting(view.filters);
  const annotations = useAnnotations();
  const zone = site.timezone;

  const { data, isPlaceholderData } = buckets;
  // What is kept from the view before is drawn as what it was.
  const drawn = data === undefined ? interval : (intervalIn(data.query) ?? interval);
  const lines = useMemo(
    () =>
      data === undefined || !fits(data, figures)
        ? null
        : new Map(
            figures.map((each) => [
              each,
              lineOf(data, isPlaceholderData ? undefined : before, each, figures, drawn, zone),
            ]),
          ),
    [data, before, figures, drawn, zone, isPlaceholderData],
  );
  const line = lines?.get(figure);
  const marks = useMemo(
    () => marksOf(annotations.data?.annotations ?? [], line?.labels ?? [], drawn, zone),
    [annotations.data, line?.labels, drawn, zone],
  );
  const first = line?.labels[0];
  const closer = first === undefined ? null : lookCloser(first, drawn, view.period, zone);
  const formats = useMemo(() => formatsOf(figure, converting), [figure, converting]);
  const { text } = metricName(figure, converting);
  const widths = widthsOf(view, site);

  return (
    <section
      aria-label="Figures over time"
      className="flex min-w-0 flex-col rounded-lg border border-line bg-panel"
    >
      <FigureStrip
        totals={totals}
        lines={lines}
        figures={figures}
        converting={converting}
        chosen={figure}
        onChoose={(next) => setNamed(next)}
      />
      <div className="flex flex-wrap items-center gap-2 px-4 pt-3 sm:px-5">
        <h2 className="mr-auto text-[0.9375rem] font-semibold">
          {text}
          <span className="ml-2 font-normal text-muted">{periodText(view.period)}</span>
        </h2>
        <Annotations query={annotations} marks={marks} />
        <ExportMenu interval={interval} />
        {widths.length > 1 && (
          <Choice
            label="Width of the buckets"
            options={widths.map((width) => ({ value: width, text: WIDTH_TEXT[width] }))}
            value={interval}
            onChange={(width) => setView({ interval: width === widths[0] ? null : width })}
          />
        )}
      </div>
      <div className="flex h-72 flex-col px-2 pt-2 pb-3 sm:h-80 sm:px-3">
        <Answer
          query={buckets}
          loading={<Skeleton className="h-64 w-full sm:h-72" />}
          isEmpty={({ meta }) => (meta.time_labels ?? []).length === 0}
        >
          {() => (
            <Suspense fallback={<Skeleton className="h-full w-full" />}>
              {line !== undefined && (
                <Chart
                  title={`${text}, ${periodText(view.period)}`}
                  line={line}
                  format={formats.whole}
                  short={formats.short}
                  seconds={METRICS[figure].kind === "duration"}
                  marks={marks}
                  onPick={
                    closer === null
                      ? undefined
                      : (index) => {
                          const label = line.labels[index] ?? "";
                          const period = lookCloser(label, drawn, view.period, zone);
                          if (period !== null) setView({ period, interval: null });
                        }
                  }
                />
              )}
            </Suspense>
          )}
        </Answer>
      </div>
    </section>
  );
}

const formatsOf = (metric: MetricId, converting: boolean) => ({
  whole: (value: number) => metricText(metric, value, converting),
  // Ticks of a rate are round numbers.
  short: (value: number) =>
    METRICS[metric].kind === "rate" ? formatShort(value) : metricShort(metric, value),
});

function intervalIn({ dimensions }: Report["query"]): Interval | undefined {
  return INTERVALS.find((each) => dimensions?.[0] === `time:${each}`);
}
