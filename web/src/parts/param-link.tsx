import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { type ParamChange, withParams } from "../view/use-view";
import type { Search } from "../view/view";

/** A link to the same page with some keys of the URL changed; null takes one out. */
export function ParamLink({
  change,
  className = "text-race hover:underline",
  title,
  label,
  children,
}: {
  change: ParamChange;
  className?: string;
  title?: string;
  /** What it is called, where its text alone does not say it. */
  label?: string;
  children: ReactNode;
}) {
  return (
    <Link
      to="."
      search={(before: Search) => withParams(before, change)}
      resetScroll={false}
      preload={false}
      className={className}
      {...(title === undefined ? {} : { title })}
      {...(label === undefined ? {} : { "aria-label": label })}
    >
      {children}
    </Link>
  );
}
