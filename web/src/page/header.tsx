type State = "live" | "connecting" | "away" | "stopped";

const SAID: Record<State, string> = {
  live: "Live",
  connecting: "Connecting",
  away: "Reconnecting",
  stopped: "Not connected",
};

export function Header({ site, state }: { site: string; state: State }) {
  return (
    <header className="mx-auto flex h-14 max-w-[88rem] items-center gap-3 px-4 text-band-ink sm:px-6">
      <Mark />
      <span className="text-[1.0625rem] font-semibold tracking-tight">Millrace</span>
      <span aria-hidden="true" className="text-band-muted">
        /
      </span>
      <h1 className="min-w-0 truncate text-[1.0625rem]" title={site}>
        {site}
      </h1>
      <p role="status" className="ml-auto flex shrink-0 items-center gap-2.5 text-sm">
        <span aria-hidden="true" className="relative flex size-2">
          {state === "live" && (
            <span className="absolute inset-0 animate-pulse-ring rounded-full bg-[#6fd3a8]" />
          )}
          <span
            className={`relative size-2 rounded-full ${state === "live" ? "bg-[#6fd3a8]" : state === "stopped" ? "bg-band-muted" : "bg-stream-now"}`}
          />
        </span>
        {SAID[state]}
      </p>
    </header>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" className="size-7" aria-hidden="true">
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
