import type { ReactNode } from "react";

/**
 * What is wider than a phone scrolls in here, by the arrow keys too, and never the page. It is what hidden texts are placed by, or
 * they would make the page wider.
 */
export function ScrollBox({
  label,
  className = "",
  children,
}: {
  label: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <section aria-label={label} tabIndex={0} className={`relative overflow-x-auto ${className}`}>
      {children}
    </section>
  );
}
