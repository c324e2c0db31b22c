// The way of events out of the page: gathered, sent, and sent again until an answer says that they are
// stored or never will be.
//
// What must hold: an event's id is made once, before it comes here, so that sending it again counts
// nothing twice; and an event whose fate is unknown is kept in storage when the page is left.

import { keep, kept, type Kept } from "./kept";
import type { Outcome, WireEvent } from "./types";

/** Events of the same moment travel together. */
const GATHER_MS = 250;
const BATCH_EVENTS = 50;
const WAITING_EVENTS = 500;
/** Browsers refuse more than 64 KiB of requests that outlive the page; a character is up to three bytes. */
const KEEPALIVE_CHARACTERS = 20_000;
const LONGEST_PAUSE_S = 300;
/** A beacon that is older when the next page comes counts as lost; a younger one stands or falls with that page. */
const BEACON_MS = 60_000;

export interface Outbox {
  add(event: WireEvent, callback?: (outcome: Outcome) => void): void;
  /** The page is left, perhaps for good: send all at once, and keep what nobody has confirmed. */
  leave(forGood?: boolean): void;
}

interface Entry {
  event: WireEvent;
  callback?: ((outcome: Outcome) => void) | undefined;
}

export function openOutbox(api: string): Outbox {
  let waiting: Entry[] = doubtful(
    kept().filter(({ beacon }) => Date.now() - (beacon ?? 0) > BEACON_MS),
  );
  let flying: (readonly Entry[])[] = [];
  let failures = 0;
  /** Until when the server wants no requests. */
  let pausedUntil = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function later(ms: number) {
    timer ??= setTimeout(send, ms);
  }

  function send() {
    clearTimeout(timer);
    timer = undefined;
    const pause = pausedUntil - Date.now();
    if (pause > 0) return later(pause);
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH_EVENTS);
      flying.push(batch);
      const body = bodyOf(batch);
      const keepalive = body.length < KEEPALIVE_CHARACTERS;
      fetch(api, { method: "POST", body, keepalive, credentials: "omit" }).then(
        ({ status, headers }) => answered(batch, status, Number(headers.get("Retry-After"))),
        () => answered(batch, 0, 0),
      );
    }
  }

  function answered(batch: readonly Entry[], status: number, retryAfter: number) {
    flying = flying.filter((other) => other !== batch);
    // An answer here says how the beacons of the page before fared.
    const settled = doubtful([...batch, ...kept().filter(({ beacon }) => beacon)]);
    if (/^(0|408|429|5..)$/.test(`${status}`)) {
      keep(settled);
      waiting.unshift(...settled);
      // Several requests of one moment fail together.
      if (!timer) failures++;
      if (retryAfter > 0) pausedUntil = Date.now() + retryAfter * 1000;
      later(Math.min(2 ** failures, LONGEST_PAUSE_S) * (500 + Math.random() * 500));
    } else {
      failures = 0;
      keep([], settled);
    }
    for (const { callback } of batch) callback?.({ status });
  }

  function leave(forGood?: boolean) {
    let beacon: number | undefined;
    if (!forGood) send();
    else if (
      waiting.length > 0 &&
      Date.now() > pausedUntil &&
      navigator.sendBeacon(api, bodyOf(waiting)) &&
      navigator.onLine &&
      failures === 0
    ) {
      beacon = Date.now();
    }
    keep([...doubtful(flying.flat()), ...waiting.map(({ event }) => ({ event, beacon }))]);
    if (beacon) waiting = [];
  }

  addEventListener("online", send);
  keep(waiting);
  if (waiting.length > 0) later(GATHER_MS);

  return {
    add(event, callback) {
      waiting.push({ event, callback });
      waiting.splice(0, waiting.length - WAITING_EVENTS);
      later(GATHER_MS);
      if (document.hidden) leave();
    },
    leave,
  };
}

/** Entries without what is known of them. */
function doubtful(entries: readonly Kept[]): Kept[] {
  return entries.map(({ event }) => ({ event }));
}

function bodyOf(batch: readonly Entry[]): string {
  return JSON.stringify({
    events: batch.map(({ event }) => event),
    sent_at: new Date().toISOString(),
  });
}
