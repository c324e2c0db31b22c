import type { ReactNode } from "react";
import { Mark } from "./mark";

/** What stands in place of a page that cannot be shown. */
export function Stop({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="min-h-dvh">
      <header className="bg-band">
        <div className="mx-auto flex h-14 max-w-[88rem] items-center gap-3 px-4 text-band-ink sm:px-6">
          <Mark />
          <a href="/" className="text-[1.0625rem] font-semibold tracking-tight">
            Millrace
          </a>
        </div>
      </header>
      <main className="mx-auto max-w-xl px-4 py-12 sm:px-6">
        <section className="rounded-lg border border-line bg-panel px-6 py-6">
          <h1 className="mb-3 text-lg font-semibold">{title}</h1>
          <div className="flex flex-col gap-3 text-[0.9375rem] text-muted">{children}</div>
        </section>
      </main>
    </div>
  );
}
