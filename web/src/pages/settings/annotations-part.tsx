import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ask } from "../../api/client";
import { useSite } from "../../api/site";
import type { Schemas } from "../../api/types";
import { ActStatus, Confirm, fieldError, Labelled, useAct } from "../../parts/act";
import { Answer } from "../../parts/answer";
import { FIELD, PRIMARY, QUIET } from "../../parts/menu";
import { Panel } from "../../parts/panel";
import { Skeleton } from "../../parts/skeleton";
import { instantIn, today } from "../../view/dates";
import { onSiteClock } from "./instants";
import { sitePath } from "./site-path";

type Annotation = Schemas["Annotation"];

/** Short texts at instants, which charts show. */
export function AnnotationsPart() {
  const { id, access, timezone } = useSite();
  const refresh = [[id, "annotations"]];
  const [removing, setRemoving] = useState<Annotation | null>(null);
  const annotations = useQuery({
    queryKey: [id, "annotations"],
    queryFn: ({ signal }) =>
      ask<{ annotations: Annotation[] }>(id, sitePath(id, "annotations"), { signal }),
    retry: false,
    networkMode: "always",
  });
  const remove = useAct(
    (annotation: Annotation) =>
      ask<void>(id, sitePath(id, "annotations", annotation.id), { method: "DELETE" }),
    { done: (_, { text }) => `“${text}” is deleted.`, refresh },
  );
  const admin = access === "admin";
  return (
    <>
      {admin && <AddAnnotation />}
      <Panel title="Annotations" note={`times in ${timezone}`}>
        <div className="px-4 sm:px-5">
          <ActStatus act={remove} />
        </div>
        <Answer
          query={annotations}
          loading={<Skeleton className="m-4 h-24 w-[calc(100%-2rem)]" />}
          isEmpty={({ annotations: rows }) => rows.length === 0}
          empty="No annotation yet. Charts show them at their time: a release, a campaign, an outage."
        >
          {({ annotations: rows }) => (
            <ul className="px-4 pb-3 text-sm sm:px-5">
              {rows.toReversed().map((annotation) => (
                <li
                  key={annotation.id}
                  className="flex min-h-10 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line/60 py-1 last:border-0"
                >
                  <time dateTime={annotation.at} className="w-44 text-muted">
                    {onSiteClock(annotation.at, timezone)}
                  </time>
                  <span className="min-w-0 flex-1 wrap-anywhere">{annotation.text}</span>
                  {admin && (
                    <button
                      type="button"
                      className={QUIET}
                      aria-label={`Delete the annotation ${annotation.text}`}
                      onClick={() => setRemoving(annotation)}
                    >
                      Delete…
                    </button>
                  )}
                </li>
              ))}
            </ul>
          )}
        </Answer>
      </Panel>
      {removing !== null && (
        <Confirm
          title="Delete the annotation?"
          button="Delete"
          onSure={() => remove.run(removing)}
          onClose={() => setRemoving(null)}
        >
          <p>“{removing.text}” is shown on no chart any more.</p>
        </Confirm>
      )}
    </>
  );
}

function AddAnnotation() {
  const { id, timezone } = useSite();
  const [date, setDate] = useState(() => today(timezone));
  const [time, setTime] = useState("");
  const [text, setText] = useState("");
  const add = useAct(
    (body: { at: string; text: string }) =>
      ask<Annotation>(id, sitePath(id, "annotations"), { body }),
    {
      done: (added) => `“${added.text}” is added.`,
      refresh: [[id, "annotations"]],
      onDone: () => setText(""),
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.run({ at: time === "" ? date : instantIn(timezone, date, time), text: text.trim() });
  };
  return (
    <Panel title="Add an annotation">
      <form className="flex flex-col gap-3 px-4 pb-4 sm:px-5" onSubmit={submit}>
        <div className="grid items-start gap-3 sm:grid-cols-[10rem_8rem_minmax(0,1fr)]">
          <Labelled label="Day" error={fieldError(add.error, "at")}>
            {(ids) => (
              <input
                {...ids}
                type="date"
                required
                className={FIELD}
                value={date}
                onChange={(event) => setDate(event.target.value)}
              />
            )}
          </Labelled>
          <Labelled label="Time" help="empty: the whole day">
            {(ids) => (
              <input
                {...ids}
                type="time"
                className={FIELD}
                value={time}
                onChange={(event) => setTime(event.target.value)}
              />
            )}
          </Labelled>
          <Labelled label="Text" error={fieldError(add.error, "text")}>
            {(ids) => (
              <input
                {...ids}
                required
                maxLength={200}
                className={FIELD}
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Labelled>
        </div>
        <div className="flex flex-wrap items-center gap-3">
          <button type="submit" className={PRIMARY} disabled={add.pending}>
            Add
          </button>
          <ActStatus act={add} fields={["at", "text"]} />
        </div>
      </form>
    </Panel>
  );
}
