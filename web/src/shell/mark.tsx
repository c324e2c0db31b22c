/** The water and the brass bed under it. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" className="size-7 shrink-0" aria-hidden="true">
      <path
        d="M3.5 21.5C6.5 21.5 7 8 10.5 8S13.7 18 16 18s2-10 5.5-10 4 13.5 7 13.5"
        fill="none"
        stroke="currentColor"
        strokeWidth="3"
        strokeLinecap="round"
      />
      <path d="M7.5 27h17" className="stroke-stream-now" strokeWidth="2.4" strokeLinecap="round" />
    </svg>
  );
}
