import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { embedded } from "../api/key";
import { carried } from "../shell/header";
import { type ParamChange, useSiteId, withParams } from "../view/use-view";
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

/** A link to another page of the site in the same view, with keys of its own. */
export function PageLink({
  page,
  change,
  className = "text-race hover:underline",
  children,
}: {
  page: string;
  change: ParamChange;
  className?: string;
  children: ReactNode;
}) {
  const site = useSiteId();
  const roof = embedded() ? "embed" : "sites";
  return (
    <Link
      to={`/${roof}/$site/${page}`}
      params={{ site }}
      search={(before: Search) => withParams(carried(before), change)}
      preload={false}
      className={className}
    >
      {children}
    </Link>
  );
}
