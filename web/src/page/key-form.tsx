import { useId, useState } from "react";
import { Stop } from "./stop";

/** Asks for the read key of a private site. */
export function KeyForm({
  site,
  refused,
  onEnter,
}: {
  site: string;
  /** Why the server did not take the key it was given, or null when it was given none. */
  refused: string | null;
  onEnter: (key: string) => void;
}) {
  const [key, setKey] = useState("");
  const field = useId();
  const help = useId();
  return (
    <Stop title={`“${site}” is private`}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          onEnter(key.trim());
          setKey("");
        }}
      >
        <p id={help}>
          Its figures are shown to holders of a read key. The key stays in this tab and is forgotten
          when the tab is closed.
        </p>
        <div className="flex flex-wrap items-end gap-2.5">
          <div className="flex min-w-52 flex-1 flex-col gap-1.5">
            <label htmlFor={field} className="text-sm font-medium text-ink">
              Read key
            </label>
            <input
              id={field}
              type="password"
              autoComplete="off"
              spellCheck={false}
              required
              value={key}
              onChange={(event) => setKey(event.target.value)}
              aria-describedby={help}
              aria-invalid={refused !== null}
              className="w-full rounded-md border border-muted bg-ground px-3 py-1.5 font-mono text-sm text-ink"
            />
          </div>
          <button
            type="submit"
            className="rounded-md bg-race px-4 py-1.5 text-sm font-semibold text-on-race hover:bg-race-hover"
          >
            Open
          </button>
        </div>
        {refused !== null && (
          <p role="alert" className="text-sm text-fault">
            The server did not take this key: {refused}
          </p>
        )}
        <p className="text-sm">
          Whoever runs the server makes one with{" "}
          <code className="mt-1 block font-mono text-[0.9em] wrap-anywhere text-ink">
            millrace key add --site {site} --kind read
          </code>
        </p>
      </form>
    </Stop>
  );
}
