import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { ask } from "../../api/client";
import { useSegments, useSite } from "../../api/site";
import type { Segment } from "../../api/types";
import { ActStatus, Confirm, fieldError, Labelled, useAct } from "../../parts/act";
import { Answer } from "../../parts/answer";
import { Dialog } from "../../parts/dialog";
import { BUTTON, FIELD, PRIMARY, QUIET } from "../../parts/menu";
import { Panel } from "../../parts/panel";
import { Skeleton } from "../../parts/skeleton";
import { segmentText } from "./segment-text";
import { sitePath } from "./site-path";

/** Filters that are saved under a name. New ones are saved where filters are set. */
export function SegmentsPart() {
  const { id, access } = useSite();
  const segments = useSegments();
  const [renaming, setRenaming] = useState<Segment | null>(null);
  const [removing, setRemoving] = useState<Segment | null>(null);
  const refresh = [[id, "segments"]];
  const remove = useAct(
    (segment: Segment) => ask<void>(id, sitePath(id, "segments", segment.id), { method: "DELETE" }),
    { done: (_, segment) => `“${segment.name}” is deleted.`, refresh },
  );
  const rename = useAct(
    ({ segment, name }: { segment: Segment; name: string }) =>
      ask<Segment>(id, sitePath(id, "segments", segment.id), {
        method: "PUT",
        body: { name, filters: segment.filters },
      }),
    { done: ({ name }) => `It is called “${name}” now.`, refresh, onDone: () => setRenaming(null) },
  );
  const admin = access === "admin";
  return (
    <Panel title="Segments" note="filters under a name">
      <div className="px-4 sm:px-5">
        <ActStatus act={remove.done === null && remove.error === null ? rename : remove} />
      </div>
      <Answer
        query={segments}
        loading={<Skeleton className="m-4 h-24 w-[calc(100%-2rem)]" />}
        isEmpty={({ segments: rows }) => rows.length === 0}
        empty="No segment yet. Set filters on the Overview and save them as one."
      >
        {({ segments: rows }) => (
          <ul className="px-4 pb-3 text-sm sm:px-5">
            {rows.map((segment) => (
              <li
                key={segment.id}
                className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line/60 py-1 last:border-0"
              >
                <Link
                  to="/sites/$site"
                  params={{ site: id }}
                  search={{ segment: [String(segment.id)] }}
                  className="font-medium wrap-anywhere text-race hover:underline"
                >
                  {segment.name}
                </Link>
                <span className="min-w-0 flex-1 wrap-anywhere text-muted">
                  {segmentText(segment.filters)}
                </span>
                {admin && (
                  <span className="flex">
                    <button
                      type="button"
                      className={QUIET}
                      aria-label={`Rename the segment ${segment.name}`}
                      onClick={() => {
                        remove.reset();
                        rename.reset();
                        setRenaming(segment);
                      }}
                    >
                      Rename…
                    </button>
                    <button
                      type="button"
                      className={QUIET}
                      aria-label={`Delete the segment ${segment.name}`}
                      onClick={() => setRemoving(segment)}
                    >
                      Delete…
                    </button>
                  </span>
                )}
              </li>
            ))}
          </ul>
        )}
      </Answer>
      {renaming !== null && (
        <Rename
          segment={renaming}
          error={fieldError(rename.error, "name")}
          onSave={(name) => rename.run({ segment: renaming, name })}
          onClose={() => setRenaming(null)}
        />
      )}
      {removing !== null && (
        <Confirm
          title={`Delete the segment “${removing.name}”?`}
          button="Delete"
          onSure={() => {
            rename.reset();
            remove.run(removing);
          }}
          onClose={() => setRemoving(null)}
        >
          <p>Links and queries that name it stop working.</p>
        </Confirm>
      )}
    </Panel>
  );
}

function Rename({
  segment,
  error,
  onSave,
  onClose,
}: {
  segment: Segment;
  error: string | null;
  onSave: (name: string) => void;
  onClose: () => void;
}) {
  const [name, setName] = useState(segment.name);
  return (
    <Dialog title={`Rename “${segment.name}”`} onClose={onClose}>
      <form
        className="flex flex-col gap-4 px-5 py-4"
        onSubmit={(event) => {
          event.preventDefault();
          onSave(name.trim());
        }}
      >
        <Labelled label="Name" error={error}>
          {(ids) => (
            <input
              {...ids}
              required
              maxLength={120}
              className={FIELD}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Labelled>
        <div className="flex justify-end gap-2">
          <button type="button" className={BUTTON} onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className={PRIMARY}>
            Rename
          </button>
        </div>
      </form>
    </Dialog>
  );
}
