// The script of a page: options from the attributes of its own tag, `window.millrace` for the page.

import { startTracker, type Call } from "./tracker";
import type { Millrace, Options } from "./types";

/** What the server puts around the script where a site has a path of its own for it. */
declare const MILLRACE: Told | undefined;

interface Told {
  site: string;
  api: string;
}

declare const window: Window & {
  millrace?: Partial<Millrace> & { q?: Iterable<Call> };
};

// An element of the page whose name is `currentScript` would stand for it.
const current = document.currentScript;
const tag =
  current instanceof HTMLScriptElement
    ? current
    : document.querySelector<HTMLScriptElement>("script[data-site]");

// Copies, since elements of the page may bear these names too: their own properties are none of ours.
const before = { ...window.millrace };

// A second tag would count everything twice.
if (tag && !before.identify) {
  const own: Partial<Told> = { ...(typeof MILLRACE === "object" && MILLRACE) };
  const { api, site, user, ...others } = tag.dataset;
  const options: Record<string, unknown> = {
    api: new URL(api ?? new URL(own.api ?? "api/events", tag.src), location.href).href,
    site: site ?? own.site,
    user,
  };
  for (const [name, value] of Object.entries(others)) {
    options[name] = value === "false" ? false : value === "true" || value || true;
  }
  window.millrace = startTracker(options as unknown as Options, before.q);
  for (const extra of ["clicks", "vitals"]) {
    if (options[extra]) {
      const script = document.createElement("script");
      script.src = tag.src.replace(/\.js(?=\?|$)/, `.${extra}.js`);
      script.nonce = tag.nonce;
      document.head.append(script);
    }
  }
}
