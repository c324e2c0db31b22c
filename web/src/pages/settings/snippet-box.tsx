import { useState } from "react";
import { BUTTON } from "../../parts/menu";

/** A text to take along, whole lines, with a button that copies it. */
export function SnippetBox({ label, text }: { label: string; text: string }) {
  const [said, say] = useState("");
  return (
    <div className="flex flex-col gap-1.5">
      <section
        tabIndex={0}
        aria-label={label}
        className="overflow-x-auto rounded-md border border-line bg-ground p-3"
      >
        <pre className="font-mono text-xs leading-5 whitespace-pre-wrap wrap-anywhere">{text}</pre>
      </section>
      <div className="flex items-center gap-3">
        <button
          type="button"
          className={BUTTON}
          aria-label={`Copy: ${label}`}
          onClick={() => {
            // Without a secure origin there is no clipboard.
            const copied = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error());
            copied.then(
              () => say("Copied"),
              () => say("The browser does not let the page copy: select the text"),
            );
          }}
        >
          Copy
        </button>
        <span role="status" className="text-sm text-muted">
          {said}
        </span>
      </div>
    </div>
  );
}
