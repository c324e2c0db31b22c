import { useState } from "react";
import { Panel } from "../parts/panel";
import { firstEventCommand } from "../test-events";

/** What a site without events shows: how to send the first. It gives way when that arrives. */
export function FirstEvent({ site }: { site: string }) {
  const [copied, setCopied] = useState(false);
  const command = firstEventCommand(site, location.origin);
  const copy = async () => {
    await navigator.clipboard.writeText(command);
    setCopied(true);
  };
  return (
    <Panel title="No events yet">
      <div className="flex flex-col gap-4 px-4 pb-6 text-[0.9375rem] leading-6 sm:px-5">
        <p className="text-muted">
          Here is how to send the first. This page shows it within seconds; there is no need to
          reload.
        </p>
        <div className="relative">
          <pre
            tabIndex={0}
            aria-label="Command that sends an event"
            className="overflow-x-auto rounded-md border border-line bg-ground p-4 font-mono text-[0.8125rem] leading-6"
          >
            {command}
          </pre>
          {/* The clipboard exists in secure contexts only: https, or this machine. */}
          {window.isSecureContext && (
            <button
              type="button"
              className="absolute top-2.5 right-2.5 rounded-md border border-line bg-panel px-3 py-1 text-[0.8125rem] text-muted hover:text-ink"
              onClick={() => void copy()}
            >
              {copied ? "Copied" : "Copy"}
            </button>
          )}
        </div>
        <p className="text-muted">Or press “Send test event” on this page.</p>
      </div>
    </Panel>
  );
}
