import { useState } from "react";
import { useSite } from "../api/site";
import { Pop, QUIET } from "../parts/menu";
import { useSearch } from "../view/use-view";
import { writeSearch } from "../view/view";

/** The link to what is open, and the frame that shows it on another page. */
export function Share({ page }: { page: string }) {
  const site = useSite();
  const search = writeSearch(useSearch());
  const rest = `${encodeURIComponent(site.id)}${page === "overview" ? "" : `/${page}`}${search}`;
  const link = `${location.origin}/sites/${rest}`;
  const frame = `<iframe src="${location.origin}/embed/${rest.replaceAll("&", "&amp;")}" title="Analytics of ${site.id}" width="100%" height="900" style="border:0" loading="lazy"></iframe>`;
  return (
    <Pop
      label="Share this page"
      className="h-8 rounded-md px-2.5 text-sm text-band-muted hover:bg-band-line hover:text-band-ink"
      trigger="Share"
    >
      <div className="flex w-80 flex-col gap-3">
        <Copied label="Link" text={link} />
        {site.public ? (
          <>
            <p className="text-muted">
              This site is public: whoever has the link sees what you see, without a key.
            </p>
            {page !== "settings" && <Copied label="Embed" text={frame} />}
          </>
        ) : (
          <p className="text-muted">
            This site is private: whoever opens the link needs a key of their own. A public site can
            be embedded, too.
          </p>
        )}
      </div>
    </Pop>
  );
}

/** A text to take along. */
export function Copied({ label, text }: { label: string; text: string }) {
  const [said, say] = useState("");
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-center justify-between">
        <span className="font-medium">{label}</span>
        <button
          type="button"
          className={QUIET}
          onClick={() => {
            // Without a secure origin there is no clipboard: the text can be selected then.
            const copied = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error());
            copied.then(
              () => say("Copied"),
              () => say("Select it and copy"),
            );
          }}
        >
          Copy
        </button>
      </div>
      <textarea
        readOnly
        aria-label={label}
        // Where the browser does not size it by its text.
        rows={Math.min(8, Math.ceil(text.length / 30))}
        className="field-sizing-content max-h-40 w-full resize-none rounded-md border border-line bg-ground p-2 font-mono text-xs"
        value={text}
        onFocus={(event) => event.target.select()}
      />
      <span role="status" className="h-4 text-xs text-muted">
        {said}
      </span>
    </div>
  );
}
