// The three states that every part of a page has besides its own: loading, failed, and empty.

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ApiError, failureOf } from "../api/client";
import { PanelNote } from "./panel";

/**
 * What a query answered. `loading` keeps the place that the answer will take; a failure says what
 * happened and offers to ask again; an answer that `isEmpty` says so.
 */
export function Answer<T>({
  query,
  loading,
  isEmpty,
  empty = "Nothing in this period.",
  children,
}: {
  query: UseQueryResult<T>;
  loading: ReactNode;
  isEmpty?: (data: T) => boolean;
  empty?: ReactNode;
  children: (data: T) => ReactNode;
}) {
  const { data, error, isPlaceholderData } = query;
  if (error !== null && (data === undefined || isPlaceholderData)) {
    return <Failed error={error} again={() => void query.refetch()} />;
  }
  if (data === undefined) return <div aria-busy="true">{loading}</div>;
  if (isEmpty?.(data)) return <PanelNote>{empty}</PanelNote>;
  return (
    <div
      aria-busy={isPlaceholderData}
      className={`flex min-h-0 flex-1 flex-col ${isPlaceholderData ? "opacity-60 transition-opacity delay-150" : ""}`}
    >
      {children(data)}
    </div>
  );
}

/** A failure, in the reader's words. */
export function Failed({ error, again }: { error: unknown; again?: () => void }) {
  return (
    <PanelNote fault>
      {failureText(error)}
      {again !== undefined && failureOf(error) !== "key" && (
        <button type="button" className="ml-2 font-medium text-race underline" onClick={again}>
          Try again
        </button>
      )}
    </PanelNote>
  );
}

export function failureText(error: unknown): string {
  const message = error instanceof ApiError ? error.message : String(error);
  switch (failureOf(error)) {
    case "away":
      return "The server does not answer. The page tries again by itself.";
    case "key":
      return `This needs a key: ${message}.`;
    case "site":
      return "There is no such site.";
    case "broken":
      return `The server's answer is not understood: ${message}.`;
    case "refused":
    case null:
      return `The server says no: ${message}.`;
  }
}
