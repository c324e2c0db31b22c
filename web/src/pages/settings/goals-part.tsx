import { useState } from "react";
import { ask } from "../../api/client";
import { useGoals, useSite } from "../../api/site";
import type { Goal } from "../../api/types";
import { ActStatus, Confirm, fieldError, Labelled, useAct } from "../../parts/act";
import { Answer } from "../../parts/answer";
import { Choice } from "../../parts/choice";
import { Dialog } from "../../parts/dialog";
import { BUTTON, FIELD, PRIMARY, QUIET } from "../../parts/menu";
import { Panel } from "../../parts/panel";
import { Skeleton } from "../../parts/skeleton";
import { goalBody, type GoalForm, goalForm, goalText, KINDS, NEW_GOAL } from "./goals";
import { sitePath } from "./site-path";

/** What the site wants its visitors to do. */
export function GoalsPart() {
  const { id, access } = useSite();
  const goals = useGoals();
  const [editing, edit] = useState<Goal | "new" | null>(null);
  const [removing, setRemoving] = useState<Goal | null>(null);
  const [said, say] = useState("");
  const remove = useAct(
    (goal: Goal) => ask<void>(id, sitePath(id, "goals", goal.id), { method: "DELETE" }),
    { done: (_, goal) => `“${goal.name}” is deleted.`, refresh: [[id, "goals"]] },
  );
  const admin = access === "admin";
  return (
    <Panel
      title="Goals"
      note="they count for events that are stored already, too"
      aside={
        admin && (
          <button
            type="button"
            className={BUTTON}
            onClick={() => {
              remove.reset();
              say("");
              edit("new");
            }}
          >
            Add goal…
          </button>
        )
      }
    >
      <div className="px-4 sm:px-5">
        {said === "" ? (
          <ActStatus act={remove} />
        ) : (
          <p role="status" className="min-h-5 text-sm text-good">
            ✓ {said}
          </p>
        )}
      </div>
      <Answer
        query={goals}
        loading={<Skeleton className="m-4 h-24 w-[calc(100%-2rem)]" />}
        isEmpty={({ goals: rows }) => rows.length === 0}
        empty="No goal yet. A goal is an event, a page, or how far down a page was seen."
      >
        {({ goals: rows }) => (
          <ul className="px-4 pb-3 text-sm sm:px-5">
            {rows.map((goal) => (
              <li
                key={goal.id}
                className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line/60 py-1 last:border-0"
              >
                <span className="font-medium wrap-anywhere">{goal.name}</span>
                <span className="min-w-0 flex-1 wrap-anywhere text-muted">{goalText(goal)}</span>
                {admin && (
                  <span className="flex">
                    <button
                      type="button"
                      className={QUIET}
                      aria-label={`Edit the goal ${goal.name}`}
                      onClick={() => {
                        remove.reset();
                        say("");
                        edit(goal);
                      }}
                    >
                      Edit…
                    </button>
                    <button
                      type="button"
                      className={QUIET}
                      aria-label={`Delete the goal ${goal.name}`}
                      onClick={() => {
                        say("");
                        setRemoving(goal);
                      }}
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
      {editing !== null && (
        <GoalDialog
          goal={editing === "new" ? null : editing}
          onClose={() => edit(null)}
          onSaved={({ name }) => {
            edit(null);
            say(`“${name}” is saved.`);
          }}
        />
      )}
      {removing !== null && (
        <Confirm
          title={`Delete the goal “${removing.name}”?`}
          button="Delete"
          onSure={() => remove.run(removing)}
          onClose={() => setRemoving(null)}
        >
          <p>Reports show it no more. The events themselves stay.</p>
        </Confirm>
      )}
    </Panel>
  );
}

function GoalDialog({
  goal,
  onClose,
  onSaved,
}: {
  goal: Goal | null;
  onClose: () => void;
  onSaved: (goal: Goal) => void;
}) {
  const { id } = useSite();
  const [form, setForm] = useState<GoalForm>(() => (goal === null ? NEW_GOAL : goalForm(goal)));
  const save = useAct(
    (next: GoalForm) =>
      goal === null
        ? ask<Goal>(id, sitePath(id, "goals"), { body: goalBody(next) })
        : ask<Goal>(id, sitePath(id, "goals", goal.id), { method: "PUT", body: goalBody(next) }),
    { done: () => "Saved.", refresh: [[id, "goals"]], onDone: onSaved },
  );
  const field = (key: keyof GoalForm, label: string, help: string, more: object = {}) => (
    <Labelled label={label} help={help} error={fieldError(save.error, key)}>
      {(ids) => (
        <input
          {...ids}
          {...more}
          spellCheck={false}
          className={FIELD}
          value={form[key]}
          onChange={(event) => setForm({ ...form, [key]: event.target.value })}
        />
      )}
    </Labelled>
  );
  return (
    <Dialog title={goal === null ? "Add a goal" : `Goal “${goal.name}”`} onClose={onClose}>
      <form
        className="flex flex-col gap-4 px-5 py-4"
        onSubmit={(event) => {
          event.preventDefault();
          save.run(form);
        }}
      >
        {field("name", "Name", "As reports show it", { required: true, maxLength: 120 })}
        <div className="flex flex-col gap-1">
          <span className="text-sm font-medium">Reached by</span>
          <Choice
            label="Reached by"
            options={KINDS}
            value={form.kind}
            onChange={(kind) => setForm({ ...form, kind })}
            stretch
          />
        </div>
        {form.kind === "event"
          ? field("event", "Event", "An event of this name: purchase", { required: true })
          : field(
              "page",
              "Page",
              "Its path; * stands for anything but a slash, ** for anything: /blog/**",
              { required: true },
            )}
        {form.kind === "scroll" &&
          field("percent", "Seen to", "Percent of the page’s height, 1 to 100", {
            type: "number",
            min: 1,
            max: 100,
            required: true,
          })}
        {field("currency", "Currency", "May be left out. ISO 4217, such as EUR", { maxLength: 3 })}
        <div className="flex flex-wrap items-center justify-end gap-2">
          <div className="mr-auto">
            <ActStatus act={save} fields={["name", "event", "page", "percent", "currency"]} />
          </div>
          <button type="button" className={BUTTON} onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className={PRIMARY} disabled={save.pending}>
            Save goal
          </button>
        </div>
      </form>
    </Dialog>
  );
}
