import { BUTTON, QUIET } from "../../parts/menu";
import { ConditionFields } from "./condition";
import { LEAST_STEPS, MOST_STEPS, moved, numbered, type Step } from "./steps";

const SMALL =
  "inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-ground hover:text-ink disabled:opacity-35";

/** The steps as fields; every change is a new funnel. */
export function Builder({
  steps,
  onChange,
}: {
  steps: readonly Step[];
  onChange: (steps: Step[]) => void;
}) {
  const put = (index: number, step: Step) => onChange(steps.with(index, step));
  return (
    <div className="flex flex-col gap-3 px-4 pb-4 sm:px-5">
      <ol className="flex flex-col gap-3">
        {numbered(steps).map(({ item: step, at: index }) => (
          <li key={index} className="rounded-md border border-line p-2.5">
            <div className="mb-1.5 flex items-center justify-between">
              <span className="text-[0.8125rem] font-semibold">Step {index + 1}</span>
              <span className="flex">
                <button
                  type="button"
                  className={SMALL}
                  aria-label={`Move step ${index + 1} up`}
                  disabled={index === 0}
                  onClick={() => onChange(moved(steps, index, index - 1))}
                >
                  <span aria-hidden="true">↑</span>
                </button>
                <button
                  type="button"
                  className={SMALL}
                  aria-label={`Move step ${index + 1} down`}
                  disabled={index === steps.length - 1}
                  onClick={() => onChange(moved(steps, index, index + 1))}
                >
                  <span aria-hidden="true">↓</span>
                </button>
                <button
                  type="button"
                  className={SMALL}
                  aria-label={`Remove step ${index + 1}`}
                  disabled={steps.length <= LEAST_STEPS}
                  onClick={() => onChange(steps.toSpliced(index, 1))}
                >
                  <span aria-hidden="true">×</span>
                </button>
              </span>
            </div>
            <div className="flex flex-col gap-2">
              {numbered(step.filters).map(({ item: filter, at }) => (
                <div key={at} className="flex flex-col gap-1.5">
                  {at > 0 && (
                    <div className="flex items-center justify-between text-[0.8125rem] text-muted">
                      and
                      <button
                        type="button"
                        className={SMALL}
                        aria-label={`Remove condition ${at + 1} of step ${index + 1}`}
                        onClick={() => put(index, { filters: step.filters.toSpliced(at, 1) })}
                      >
                        <span aria-hidden="true">×</span>
                      </button>
                    </div>
                  )}
                  <ConditionFields
                    label={
                      at === 0 ? `Step ${index + 1}` : `Step ${index + 1}, condition ${at + 1}`
                    }
                    filter={filter}
                    onChange={(next) => put(index, { filters: step.filters.with(at, next) })}
                  />
                </div>
              ))}
            </div>
            {step.filters.length < 4 && (
              <button
                type="button"
                className={`${QUIET} mt-1.5 -ml-2 h-6 text-[0.8125rem]`}
                onClick={() =>
                  put(index, {
                    filters: [
                      ...step.filters,
                      { operator: "is", dimension: "visit:source", values: [""] },
                    ],
                  })
                }
              >
                + Condition
              </button>
            )}
          </li>
        ))}
      </ol>
      <button
        type="button"
        className={`${BUTTON} justify-center`}
        disabled={steps.length >= MOST_STEPS}
        onClick={() =>
          onChange([
            ...steps,
            { filters: [{ operator: "is", dimension: "event:page", values: [""] }] },
          ])
        }
      >
        Add a step
      </button>
    </div>
  );
}
