/** A line without axes: how a figure went. The last bucket, where it still fills, is dashed. */
export function Sparkline({
  values,
  partial = false,
  className = "h-7 w-full",
}: {
  values: readonly (number | null)[];
  partial?: boolean;
  className?: string;
}) {
  const known = values.map((value) => value ?? 0);
  if (known.length < 2) return <svg className={className} aria-hidden="true" />;
  const top = Math.max(...known, 1e-9);
  const x = (index: number) => (index / (known.length - 1)) * 100;
  const y = (value: number) => 29 - (Math.max(0, value) / top) * 27;
  const points = known.map((value, index) => `${x(index).toFixed(2)},${y(value).toFixed(2)}`);
  const whole = partial ? points.slice(0, -1) : points;
  return (
    <svg viewBox="0 0 100 30" preserveAspectRatio="none" className={className} aria-hidden="true">
      <polygon points={`0,30 ${points.join(" ")} 100,30`} className="fill-race/10" />
      <polyline
        points={whole.join(" ")}
        className="fill-none stroke-race"
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
      />
      {partial && (
        <polyline
          points={points.slice(-2).join(" ")}
          className="fill-none stroke-race"
          strokeWidth="1.5"
          strokeDasharray="3 3"
          vectorEffect="non-scaling-stroke"
        />
      )}
    </svg>
  );
}
