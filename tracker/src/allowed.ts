// Reasons to measure nothing at all.

import type { Options } from "./types";

/** Why this browser's visit is not counted; nothing where it is. */
export function reasonNotToCount(options: Options): string | undefined {
  const { hostname, protocol } = location;
  const nav = navigator as Navigator & { globalPrivacyControl?: boolean };
  if (
    !options.local &&
    (/^(.*\.)?localhost$|^127\.|^\[::1\]$/.test(hostname) || protocol === "file:")
  ) {
    return "local";
  }
  if (!options.automation && nav.webdriver) return "automation";
  if (options.respectDnt && (nav.doNotTrack === "1" || nav.globalPrivacyControl)) {
    return "do not track";
  }
  try {
    if (localStorage["millrace_ignore"] === "true") return "millrace_ignore";
  } catch {
    // No storage, no flag.
  }
  return undefined;
}
