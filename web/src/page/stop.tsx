import type { ReactNode } from "react";
import { failureOf } from "../api/client";

/** The page when it cannot show the site at all. */
export function Stop({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="rounded-lg border border-line bg-panel p-6 leading-6 text-muted">
      <h2 className="mb-3 text-lg font-semibold wrap-anywhere text-ink">{title}</h2>
      {children}
    </section>
  );
}

/** Says what is wrong between the page and the server; everything already shown stays. */
export function Trouble({ error, since }: { error: Error; since: number }) {
  const time = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
  return (
    <p
      role="alert"
      className="rounded-lg border border-fault/40 bg-fault-soft px-4 py-3 text-sm text-fault"
    >
      {failureOf(error) === "away" ? (
        <>
          <b className="font-semibold">The server does not answer.</b> Trying again every two
          seconds
        </>
      ) : (
        <>
          <b className="font-semibold">The server’s answer cannot be shown:</b> {error.message}.
          Trying again every few seconds
        </>
      )}
      {since > 0 && <>; the figures are from {time.format(since)}</>}.
    </p>
  );
}
