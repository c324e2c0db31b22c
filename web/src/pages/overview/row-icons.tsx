/** The first letter of a source. Its own icon would have to be fetched from elsewhere. */
export function Letter({ of }: { of: string }) {
  return (
    <span
      aria-hidden="true"
      className="flex size-5 shrink-0 items-center justify-center rounded bg-ground text-[0.6875rem] font-semibold text-muted uppercase ring-1 ring-line"
    >
      {Array.from(of.replace(/^(www\.|\()/, ""))[0] ?? ""}
    </span>
  );
}
