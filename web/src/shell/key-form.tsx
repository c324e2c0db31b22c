import { useId, useState } from "react";
import { FIELD, PRIMARY } from "../parts/menu";
import { isKey } from "../api/key";
import { isSiteId } from "./command";

/** Asks for a key of a site: to read a private one, or for what is its owner's alone. */
export function KeyForm({
  site,
  kind,
  refused,
  onEnter,
}: {
  site: string;
  kind: "read" | "admin";
  /** Why the server did not take the key it was given, or null when it was given none. */
  refused: string | null;
  onEnter: (key: string) => void;
}) {
  const [key, setKey] = useState("");
  const [impossible, setImpossible] = useState(false);
  const field = useId();
  const help = useId();
  const name = kind === "read" ? "Read key" : "Admin key";
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        const given = key.trim();
        setKey("");
        setImpossible(!isKey(given));
        if (isKey(given)) onEnter(given);
      }}
    >
      <p id={help}>
        {kind === "read"
          ? "Its figures are shown to holders of a read or admin key."
          : "This is for the site's owner, who holds an admin key."}{" "}
        The key stays in this tab and is forgotten when the tab is closed.
      </p>
      <div className="flex flex-wrap items-end gap-2.5">
        <div className="flex min-w-52 flex-1 flex-col gap-1.5">
          <label htmlFor={field} className="text-sm font-medium text-ink">
            {name}
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
            aria-invalid={impossible || refused !== null}
            className={`${FIELD} font-mono`}
          />
        </div>
        <button type="submit" className={PRIMARY}>
          Open
        </button>
      </div>
      {impossible ? (
        <p role="alert" className="text-sm text-fault">
          This is no key: a key has letters, digits and signs of ASCII alone, and no space.
        </p>
      ) : (
        refused !== null && (
          <p role="alert" className="text-sm text-fault">
            The server did not take this key: {refused}
          </p>
        )
      )}
      {isSiteId(site) && (
        <p className="text-sm">
          Whoever runs the server makes one with{" "}
          <code className="mt-1 block font-mono text-[0.9em] wrap-anywhere text-ink">
            millrace key add --site {site} --kind {kind}
          </code>
        </p>
      )}
    </form>
  );
}
