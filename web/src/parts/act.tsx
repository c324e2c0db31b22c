// Doing something that changes the server: what runs, what came of it, and whether one is sure.

import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useId } from "react";
import { ApiError } from "../api/client";
import { failureText } from "./answer";
import { Dialog } from "./dialog";
import { BUTTON, PRIMARY } from "./menu";

export interface Act<V> {
  run: (value: V) => void;
  pending: boolean;
  error: unknown;
  /** What was done, in the reader's words; null before, and after a failure. */
  done: string | null;
  reset: () => void;
}

/** Something that changes the server; what was read before is read again afterwards. */
export function useAct<V, T>(
  act: (value: V) => Promise<T>,
  how: {
    done: (result: T, value: V) => string;
    refresh?: readonly QueryKey[];
    onDone?: (result: T, value: V) => void;
  },
): Act<V> {
  const queries = useQueryClient();
  const mutation = useMutation({
    networkMode: "always",
    mutationFn: act,
    onSuccess: async (result, value) => {
      how.onDone?.(result, value);
      await Promise.all(
        (how.refresh ?? []).map((queryKey) => queries.invalidateQueries({ queryKey })),
      );
    },
  });
  return {
    run: (value) => {
      if (!mutation.isPending) mutation.mutate(value);
    },
    pending: mutation.isPending,
    error: mutation.error,
    done: mutation.isSuccess ? how.done(mutation.data, mutation.variables) : null,
    reset: mutation.reset,
  };
}

/** What the server says of one field: `internal.paths: …` without the field's name. */
export function fieldError(error: unknown, field: string): string | null {
  if (!(error instanceof ApiError) || error.field !== field) return null;
  const prefix = `${field}: `;
  return error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message;
}

const NONE: readonly string[] = [];

/** One line that says how it went; it keeps its place while there is nothing to say. */
export function ActStatus({ act, fields = NONE }: { act: Act<never>; fields?: readonly string[] }) {
  const at = act.error instanceof ApiError ? act.error.field : null;
  const elsewhere = at !== null && fields.includes(at);
  return (
    <p role="status" className="min-h-5 text-sm">
      {act.pending && <span className="text-muted">Saving…</span>}
      {!act.pending && act.done !== null && <span className="text-good">✓ {act.done}</span>}
      {!act.pending && act.error !== null && (
        <span className="text-fault">
          {elsewhere ? "Not saved: see the field above." : failureText(act.error)}
        </span>
      )}
    </p>
  );
}

/** A field with its name, a word of help, and what the server says against it. */
export function Labelled({
  label,
  help,
  error = null,
  children,
}: {
  label: string;
  help?: ReactNode;
  error?: string | null;
  children: (ids: {
    id: string;
    "aria-describedby": string | undefined;
    "aria-invalid": boolean;
  }) => ReactNode;
}) {
  const id = useId();
  const described = [
    ...(help === undefined ? [] : [`${id}-help`]),
    ...(error ? [`${id}-error`] : []),
  ];
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children({
        id,
        "aria-describedby": described.length === 0 ? undefined : described.join(" "),
        "aria-invalid": error !== null,
      })}
      {help !== undefined && (
        <p id={`${id}-help`} className="text-xs leading-4 text-muted">
          {help}
        </p>
      )}
      {error !== null && (
        <p id={`${id}-error`} role="alert" className="text-xs leading-4 text-fault">
          {error}
        </p>
      )}
    </div>
  );
}

/** Asks once more before something that one may regret. */
export function Confirm({
  title,
  button,
  onSure,
  onClose,
  children,
}: {
  title: string;
  button: string;
  onSure: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="flex flex-col gap-4 px-5 py-4 text-sm">
        <div className="flex flex-col gap-2">{children}</div>
        <div className="flex justify-end gap-2">
          <button type="button" className={BUTTON} onClick={onClose}>
            Cancel
          </button>
          <button
            type="button"
            className={PRIMARY}
            onClick={() => {
              onSure();
              onClose();
            }}
          >
            {button}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
