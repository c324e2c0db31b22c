// The script of a page: options from the attributes of its own tag, `window.millrace` for the page.

import { startTracker, type Call } from "./tracker";
import type { Millrace, Options } from "./types";

/** What the server puts around the script where a site has a path of its own for it. */
declare const MILLRACE: { site: string; api: string } | undefined;

declare const window: Window & {
  millrace?: Partial<Millrace> & { q?: Iterable<Call> };
};

const tag =
  (document.currentScript as HTMLScriptElement | null) ??
  document.querySelector<HTMLScriptElement>("script[data-site]");

// A second tag would count everything twice.
if (tag && !window.millrace?.identify) {
  const own = typeof MILLRACE === "undefined" ? undefined : MILLRACE;
  const { api, site, user, ...others } = tag.dataset;
  const options: Record<string, unknown> = {
    api: new URL(api ?? new URL(own?.api ?? "api/events", tag.src), location.href).href,
    site: site ?? own?.site,
    user,
  };
  for (const [name, value] of Object.entries(others)) {
    options[name] = value === "false" ? false : value === "true" || value || true;
  }
  window.millrace = startTracker(options as unknown as Options, window.millrace?.q);
  for (const extra of ["clicks", "vitals"]) {
    if (!options[extra]) continue;
    const script = document.createElement("script");
    script.src = tag.src.replace(/\.js(?=\?|$)/, `.${extra}.js`);
    script.nonce = tag.nonce;
    document.head.append(script);
  }
}
