// An extra: the Core Web Vitals of a page load, as one event when it is first left.
//
// Each is defined as on web.dev: times are milliseconds since navigation, or activation where the page was
// prerendered; what the browser does not measure, or the page did not have, is left out.

import type { Millrace, Properties } from "./types";
import { pageUrl } from "./url";

interface Entry extends PerformanceEntry {
  /** Of a layout shift. */
  value: number;
  hadRecentInput: boolean;
  /** Of an event; 0 where it belongs to no interaction. */
  interactionId: number;
  activationStart?: number;
  responseStart: number;
}

/** Shifts less than a second apart are one session of at most five seconds. */
const SESSION_GAP_MS = 1000;
const SESSION_MS = 5000;
/** One of the longest interactions is passed over for every fifty. */
const INTERACTIONS_FOR_ONE = 50;
const LONGEST = 10;

/** Reports through `millrace`. */
export function watchVitals(millrace: Millrace, hash?: boolean): void {
  const url = pageUrl(hash);
  const vitals: Properties = {};
  const [load] = performance.getEntriesByType("navigation") as Entry[];
  const start = load?.activationStart ?? 0;
  const since = (at: number) => Math.round(Math.max(at - start, 0));
  const observers = [
    observe("paint", (entry) => {
      if (entry.name === "first-contentful-paint") vitals["fcp"] = since(entry.startTime);
    }),
    observe("largest-contentful-paint", (entry) => {
      // What is painted after the first touch is an answer to it.
      if (!touched) vitals["lcp"] = since(entry.startTime);
    }),
    observe("layout-shift", shifted),
    observe("first-input", interacted),
    observe("event", interacted),
  ];
  let touched = false;
  let reported = false;

  const session = { value: 0, first: 0, last: 0 };
  function shifted(entry: Entry) {
    if (entry.hadRecentInput) return;
    const { startTime, value } = entry;
    if (startTime - session.last > SESSION_GAP_MS || startTime - session.first > SESSION_MS) {
      session.first = startTime;
      session.value = 0;
    }
    session.last = startTime;
    session.value += value;
    vitals["cls"] = Math.max(Number(vitals["cls"]), Math.round(session.value * 1e4) / 1e4);
  }
  // A page on which nothing moved has a shift of nothing, where the browser measures it.
  if (observers[2]) vitals["cls"] = 0;

  const interactions = new Map<number, number>();
  let number = 0;
  function interacted({ interactionId, duration }: Entry) {
    if (!interactionId) return;
    const before = interactions.get(interactionId);
    if (before === undefined) number += 1;
    interactions.set(interactionId, Math.max(before ?? 0, duration));
    const longest = [...interactions].sort(([, a], [, b]) => b - a);
    for (const [id] of longest.splice(LONGEST)) interactions.delete(id);
    const rank = Math.min(longest.length - 1, Math.floor(number / INTERACTIONS_FOR_ONE));
    vitals["inp"] = Math.round(longest[rank]?.[1] ?? 0);
  }

  function report() {
    if (reported) return;
    reported = true;
    for (const observer of observers) observer?.();
    if (load && load.responseStart > 0) vitals["ttfb"] = since(load.responseStart);
    millrace("web_vitals", { props: vitals, url, interactive: false });
  }

  for (const name of ["keydown", "click"]) {
    addEventListener(name, () => (touched = true), { once: true, capture: true });
  }
  // On the way down, so that the report leaves with whatever the tracker sends at the same moment.
  document.addEventListener("visibilitychange", () => document.hidden && report(), true);
  addEventListener("pagehide", report, true);
}

/** Answers what stops it, after a last look; nothing where the browser does not know the type. */
function observe(type: string, see: (entry: Entry) => void): (() => void) | undefined {
  if (!PerformanceObserver.supportedEntryTypes.includes(type)) return undefined;
  const each = (entries: PerformanceEntryList) => (entries as Entry[]).forEach(see);
  const observer = new PerformanceObserver((list) => each(list.getEntries()));
  observer.observe({ type, buffered: true, ...(type === "event" && { durationThreshold: 40 }) });
  return () => {
    each(observer.takeRecords());
    observer.disconnect();
  };
}
