// The annotations of the period as a list; whoever holds an admin key writes and removes them.

import type { UseQueryResult } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useSite } from "../../api/site";
import { failureText } from "../../parts/answer";
import { BUTTON, FIELD, Pop, PRIMARY, QUIET } from "../../parts/menu";
import { today } from "../../view/dates";
import { datesOf } from "../../view/period";
import { useView } from "../../view/use-view";
import { clockAt } from "./marks";
import { type Annotation, useAnnotate } from "./use-annotations";

export function Annotations({
  query,
  marks,
}: {
  query: UseQueryResult<{ annotations: Annotation[] }>;
  marks: readonly { annotation: Annotation }[];
}) {
  const { access } = useSite();
  const { add, remove } = useAnnotate();
  const mayWrite = access === "admin";
  // A server that knows of no annotations, or a period without any, has nothing to say here.
  if (query.data === undefined || (marks.length === 0 && !mayWrite)) return null;
  const failure = add.error ?? remove.error;
  return (
    <Pop
      label={`Annotations${marks.length > 0 ? ` ${marks.length}` : ""} in this period`}
      className={`${BUTTON} max-sm:px-2`}
      trigger={
        <>
          <span aria-hidden="true" className="size-2 rounded-full bg-brass-fill" />
          <span className="max-sm:hidden">Annotations</span>
          {marks.length > 0 && <span className="text-muted">{marks.length}</span>}
        </>
      }
    >
      <div className="flex w-72 flex-col gap-3">
        {marks.length === 0 ? (
          <p className="text-muted">None in this period.</p>
        ) : (
          <ul className="flex flex-col gap-1.5">
            {marks.map(({ annotation }) => (
              <li key={annotation.id} className="flex items-start gap-2">
                <span className="min-w-0 flex-1">
                  <AnnotationDate at={annotation.at} />
                  <span className="block wrap-anywhere">{annotation.text}</span>
                </span>
                {mayWrite && (
                  <button
                    type="button"
                    className={QUIET}
                    disabled={remove.isPending}
                    aria-label={`Delete the annotation ${annotation.text}`}
                    onClick={() => remove.mutate(annotation.id)}
                  >
                    Delete
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
        {mayWrite && (
          <AddAnnotation
            pending={add.isPending}
            onAdd={(annotation, done) => add.mutate(annotation, { onSuccess: done })}
          />
        )}
        {failure !== null && (
          <p role="alert" className="text-fault">
            {failureText(failure)}
          </p>
        )}
      </div>
    </Pop>
  );
}

function AnnotationDate({ at }: { at: string }) {
  const { timezone } = useSite();
  const instant = clockAt(at, timezone);
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
  return (
    <time dateTime={at} className="block text-xs text-muted">
      {Number.isNaN(instant) ? at : format.format(instant)}
    </time>
  );
}

function AddAnnotation({
  pending,
  onAdd,
}: {
  pending: boolean;
  onAdd: (annotation: { at: string; text: string }, done: () => void) => void;
}) {
  const { timezone } = useSite();
  const [{ period }] = useView();
  const now = today(timezone);
  const to = datesOf(period, timezone)?.to ?? now;
  const [at, setAt] = useState(to < now ? to : now);
  const [text, setText] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAdd({ at, text: text.trim() }, () => setText(""));
  };
  return (
    <form className="flex flex-col gap-2 border-t border-line pt-3" onSubmit={submit}>
      <label className="flex flex-col gap-1">
        What happened
        <input
          className={FIELD}
          required
          maxLength={200}
          placeholder="Release 2.4"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <label className="flex flex-col gap-1">
        When
        <input
          type="date"
          className={FIELD}
          required
          value={at}
          onChange={(event) => setAt(event.target.value)}
        />
      </label>
      <button type="submit" className={`${PRIMARY} self-start`} disabled={pending}>
        Add annotation
      </button>
    </form>
  );
}
