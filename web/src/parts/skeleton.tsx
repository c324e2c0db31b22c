/** A grey bar in the place and the size of what is being loaded. */
export function Skeleton({ className = "" }: { className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={`inline-block animate-pulse rounded bg-current/9 ${className}`}
    />
  );
}
