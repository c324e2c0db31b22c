// Saved filters: one is chosen here; whoever holds an admin key saves and deletes them.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ask } from "../../api/client";
import { useSegments, useSite } from "../../api/site";
import type { Segment } from "../../api/types";
import { failureText } from "../../parts/answer";
import { Dialog } from "../../parts/dialog";
import { FIELD, Menu, type MenuItem, PRIMARY, QUIET } from "../../parts/menu";
import { asked, filterText } from "../../view/filters";
import { valueText } from "../../view/names";
import { useView } from "../../view/use-view";

export function SegmentsMenu() {
  const { access } = useSite();
  const [view, setView] = useView();
  const query = useSegments();
  const [open, setOpen] = useState<"save" | "manage" | null>(null);
  const segments = query.data?.segments ?? [];
  const mayWrite = access === "admin";
  const canSave = mayWrite && view.filters.length > 0;
  // Nothing to choose and nothing to save: nothing to show.
  if (segments.length === 0 && !canSave) return null;

  const choices = segments.map(({ id, name }): MenuItem => ({
    id: String(id),
    text: name,
    chosen: id === view.segment,
    onSelect: () => setView({ segment: id === view.segment ? null : id }),
  }));
  const doings: MenuItem[] = [
    ...(canSave
      ? [{ id: "save", text: "Save these filters …", onSelect: () => setOpen("save") }]
      : []),
    ...(mayWrite && segments.length > 0
      ? [{ id: "manage", text: "Delete …", onSelect: () => setOpen("manage") }]
      : []),
  ];
  return (
    <>
      <Menu
        label="Segments"
        align="start"
        trigger={
          <>
            Segments <span aria-hidden="true">▾</span>
          </>
        }
        groups={[choices, doings].filter((group) => group.length > 0)}
      />
      {open === "save" && (
        <SaveSegment
          within={segments.find(({ id }) => id === view.segment)}
          onClose={() => setOpen(null)}
        />
      )}
      {open === "manage" && <DeleteSegments segments={segments} onClose={() => setOpen(null)} />}
    </>
  );
}

const pathOf = (site: string) => `/api/v1/sites/${encodeURIComponent(site)}/segments`;

function SaveSegment({
  within,
  onClose,
}: {
  /** The segment that is chosen: its filters are saved along, since no segment names another. */
  within: Segment | undefined;
  onClose: () => void;
}) {
  const { id } = useSite();
  const [view, setView] = useView();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const save = useMutation({
    mutationFn: () =>
      ask<Segment>(id, pathOf(id), {
        body: { name: name.trim(), filters: [...filtersOf(within), ...asked(view.filters, null)] },
      }),
    onSuccess: async (segment) => {
      await queries.invalidateQueries({ queryKey: [id, "segments"] });
      // The same figures as before, now under the name.
      setView({ filters: [], segment: segment.id });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Dialog title="Save as a segment" onClose={onClose}>
      <form className="flex flex-col gap-4 p-5 text-sm" onSubmit={submit}>
        <ul className="flex flex-col gap-1 text-muted">
          {within !== undefined && <li>Segment: {within.name}</li>}
          {view.filters.map((filter) => (
            <li key={JSON.stringify(filter)} className="wrap-anywhere">
              {filterText(filter, valueText)}
            </li>
          ))}
        </ul>
        <label className="flex flex-col gap-1">
          Name
          <input
            className={FIELD}
            required
            maxLength={120}
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        </label>
        {save.error !== null && (
          <p role="alert" className="text-fault">
            {failureText(save.error)}
          </p>
        )}
        <button type="submit" className={`${PRIMARY} self-start`} disabled={save.isPending}>
          Save
        </button>
      </form>
    </Dialog>
  );
}

function filtersOf(segment: Segment | undefined): unknown[] {
  const filters: unknown = segment?.filters;
  return Array.isArray(filters) ? filters : [];
}

function DeleteSegments({
  segments,
  onClose,
}: {
  segments: readonly Segment[];
  onClose: () => void;
}) {
  const { id } = useSite();
  const [view, setView] = useView();
  const queries = useQueryClient();
  const [sure, setSure] = useState<number | null>(null);
  const remove = useMutation({
    mutationFn: (segment: number) => ask(id, `${pathOf(id)}/${segment}`, { method: "DELETE" }),
    onSuccess: (_, segment) => {
      if (view.segment === segment) setView({ segment: null });
      return queries.invalidateQueries({ queryKey: [id, "segments"] });
    },
  });
  return (
    <Dialog title="Delete segments" onClose={onClose}>
      <ul className="flex flex-col divide-y divide-line px-5 py-3 text-sm">
        {segments.map((segment) => (
          <li key={segment.id} className="flex min-h-10 items-center gap-2">
            <span className="min-w-0 flex-1 truncate">{segment.name}</span>
            <button
              type="button"
              className={`${QUIET} ${sure === segment.id ? "font-semibold text-fault" : ""}`}
              disabled={remove.isPending}
              aria-label={`${sure === segment.id ? "Delete for good" : "Delete"}: ${segment.name}`}
              onClick={() =>
                sure === segment.id ? remove.mutate(segment.id) : setSure(segment.id)
              }
            >
              {sure === segment.id ? "Delete for good" : "Delete"}
            </button>
          </li>
        ))}
      </ul>
      {remove.error !== null && (
        <p role="alert" className="px-5 pb-4 text-sm text-fault">
          {failureText(remove.error)}
        </p>
      )}
    </Dialog>
  );
}
