import type { ReactNode } from "react";

/** What a page is called and shows, with what is done about the whole of it at the right. */
export function PageHead({
  title,
  text,
  children,
}: {
  title: string;
  text: string;
  children?: ReactNode;
}) {
  return (
    <header className="mb-4 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <h2 className="text-xl font-semibold tracking-tight">{title}</h2>
        <p className="mt-0.5 max-w-3xl text-sm text-muted">{text}</p>
      </div>
      {children !== undefined && (
        <div className="no-print flex flex-wrap items-center gap-2">{children}</div>
      )}
    </header>
  );
}
