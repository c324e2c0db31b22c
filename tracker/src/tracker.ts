// One page's tracker: page views, engagement, whatever the page reports, into one outbox.
//
// What must hold: a page that nobody has seen sends nothing, be it prerendered or opened behind
// others; and whoever is not counted is not counted by any call either.

import { reasonNotToCount } from "./allowed";
import { watchEngagement } from "./engagement";
import { newId } from "./id";
import { watchInteractions } from "./interactions";
import { openOutbox } from "./outbox";
import type { EventOptions, Millrace, Options, WireEvent } from "./types";
import { matches, pageOf, pageUrl } from "./url";

/** Sooner than events are sent. */
const TITLE_MS = 99;
/** The server takes no larger event. */
const EVENT_CHARACTERS = 32_768;

/** Arguments of `millrace`, read leniently: pages are not type-checked. */
export type Call = [name: string, said?: EventOptions | string | null | undefined];

/** Starts to measure; `earlier` are calls that were made before. */
export function startTracker(options: Options, earlier: Iterable<Call> = []): Millrace {
  let user: string | null | undefined = options.user;
  const waiting = [...earlier];
  let handle: (...call: Call) => void = (...call) => waiting.push(call);
  const millrace = ((...call: Call) => handle(...call)) as Millrace;
  millrace.identify = (userId) => handle("identify", userId);

  const reason = reasonNotToCount(options);
  if (reason) {
    console.info(`millrace: not counted: ${reason}`);
    handle = (_, said) => (said as EventOptions | undefined)?.callback?.({ status: 0 });
    for (const call of waiting) handle(...call);
  } else if (document.hidden) {
    // A prerendered page becomes visible when it is activated.
    addEventListener("visibilitychange", measure, { once: true });
  } else {
    measure();
  }
  return millrace;

  function measure() {
    const outbox = openOutbox(options.api);
    const engagement = watchEngagement();
    /** The page that is counted now. */
    let url: string | undefined;
    /** What the location was then: a page view may have an address of its own. */
    let seen = "";
    let referrer: string | undefined = document.referrer;

    function track(name: string, said: EventOptions = {}, more?: Partial<WireEvent>) {
      const { props, callback, ...fields } = said;
      try {
        const json = JSON.stringify({
          site_id: options.site,
          name,
          event_id: newId(),
          timestamp: new Date().toISOString(),
          user_id: user || undefined,
          ...fields,
          url: fields.url ?? url ?? pageUrl(options.hash),
          properties: props,
          ...more,
        } satisfies WireEvent);
        // A copy: what goes on from here is plain data, whatever the page said.
        const event = JSON.parse(json) as WireEvent;
        if (
          json.length <= EVENT_CHARACTERS &&
          matches(event.url, options.include || "*") &&
          !matches(event.url, options.exclude || "")
        ) {
          outbox.add(event, callback);
          return event;
        }
      } catch (error) {
        console.warn("millrace:", error);
      }
      callback?.({ status: 0 });
      return undefined;
    }

    function endPage() {
      const engaged = url && engagement.take();
      if (engaged) track("engagement", { interactive: false }, engaged);
    }

    function pageview(said?: EventOptions) {
      endPage();
      seen = pageUrl(options.hash);
      url = said?.url ?? seen;
      engagement.reset();
      const event = track("pageview", said, {
        referrer: referrer || undefined,
        screen: `${screen.width}x${screen.height}`,
        language: navigator.language,
        title: document.title,
      });
      referrer = undefined;
      // An application names its page once it has rendered it.
      setTimeout(() => event && (event.title = document.title), TITLE_MS);
    }

    function routed() {
      if (pageOf(pageUrl(options.hash)) !== pageOf(seen)) pageview();
    }

    handle = (name, said) => {
      if (name === "identify") user = said as string;
      else if (name === "pageview") pageview(said as EventOptions);
      else track(name, said as EventOptions);
    };

    // Whoever is signed in sees the first page already.
    for (const [name, said] of waiting) if (name === "identify") handle(name, said);
    if (!options.manual) {
      pageview();
      for (const change of ["pushState", "replaceState"] as const) {
        const original = history[change];
        history[change] = function (...state) {
          original.apply(this, state);
          routed();
        };
      }
      for (const name of ["popstate", "hashchange"]) addEventListener(name, routed);
      addEventListener("pageshow", (event) => {
        if (!event.persisted) return;
        // The time in the back/forward cache is nobody's.
        url = undefined;
        pageview();
      });
    }
    watchInteractions(options, track);
    const leave = (event: Event) => {
      const gone = event.type === "pagehide";
      if (!gone && !document.hidden) return;
      endPage();
      outbox.leave(gone);
    };
    for (const name of ["pagehide", "visibilitychange"]) addEventListener(name, leave);
    for (const call of waiting) handle(...call);
  }
}
