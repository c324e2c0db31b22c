import type { ReactNode } from "react";
import { useId } from "react";

/** A titled area of the page. */
export function Panel({
  title,
  note,
  aside,
  className = "",
  children,
}: {
  title: string;
  note?: string;
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  const heading = useId();
  return (
    <section
      aria-labelledby={heading}
      className={`flex min-w-0 flex-col rounded-lg border border-line bg-panel ${className}`}
    >
      <header className="flex min-h-14 flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-2.5 sm:px-5">
        <h2 id={heading} className="text-[0.9375rem] font-semibold">
          {title}
          {note !== undefined && (
            <>
              {" "}
              <span className="ml-1 font-normal text-muted">{note}</span>
            </>
          )}
        </h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** What stands in a panel that has nothing to show, or cannot. */
export function PanelNote({ fault = false, children }: { fault?: boolean; children: ReactNode }) {
  return (
    <p
      role={fault ? "alert" : undefined}
      className={`px-4 py-6 text-sm sm:px-5 ${fault ? "text-fault" : "text-muted"}`}
    >
      {children}
    </p>
  );
}
