import { formatShare } from "../format";

const POINTS = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/**
 * The change of a figure against the compared period, in percent; of a figure that is percent
 * itself, in `points`. For the bounce rate less is
 * better. Colour is never alone: the arrow says the same.
 */
export function Change({
  percent,
  lessIsBetter = false,
  points = false,
}: {
  percent: number | null | undefined;
  lessIsBetter?: boolean;
  points?: boolean;
}) {
  if (percent === null || percent === undefined) return null;
  if (percent === 0) {
    return (
      <span className="text-muted" title="no change">
        {written(0, points)}
      </span>
    );
  }
  const up = percent > 0;
  const good = up !== lessIsBetter;
  return (
    <span className={good ? "text-good" : "text-fault"}>
      <span aria-hidden="true">{up ? "↑" : "↓"} </span>
      <span className="sr-only">{up ? "up " : "down "}</span>
      {written(Math.abs(percent), points)}
    </span>
  );
}

function written(change: number, points: boolean): string {
  if (!points) return formatShare(change, 100);
  const shown = Math.round(change * 10) / 10; // a rate of conversions moves by less than a point
  return `${POINTS.format(shown)} ${shown === 1 ? "pt" : "pts"}`;
}
