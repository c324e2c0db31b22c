import type { ReactNode } from "react";

/** The page when it cannot show the site at all. */
export function Stop({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="rounded-lg border border-line bg-panel p-6 leading-6 text-muted">
      <h2 className="mb-3 text-lg font-semibold wrap-anywhere text-ink">{title}</h2>
      {children}
    </section>
  );
}

/** Says that the server is away; everything already shown stays. */
export function Away({ since }: { since: number }) {
  const time = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
  return (
    <p
      role="alert"
      className="rounded-lg border border-fault/40 bg-fault-soft px-4 py-3 text-sm text-fault"
    >
      <b className="font-semibold">The server does not answer.</b> Trying again every two seconds
      {since > 0 && <>; the figures below are from {time.format(since)}</>}.
    </p>
  );
}
