import { formatShare } from "../format";

/**
 * The change of a figure against the compared period, in percent. For the bounce rate less is
 * better. Colour is never alone: the arrow says the same.
 */
export function Change({
  percent,
  lessIsBetter = false,
}: {
  percent: number | null | undefined;
  lessIsBetter?: boolean;
}) {
  if (percent === null || percent === undefined) return null;
  if (percent === 0) {
    return (
      <span className="text-muted" title="no change">
        <span aria-hidden="true">〰 </span>0%
      </span>
    );
  }
  const up = percent > 0;
  const good = up !== lessIsBetter;
  return (
    <span className={good ? "text-good" : "text-fault"}>
      <span aria-hidden="true">{up ? "↑" : "↓"} </span>
      <span className="sr-only">{up ? "up " : "down "}</span>
      {formatShare(Math.abs(percent), 100)}
    </span>
  );
}
