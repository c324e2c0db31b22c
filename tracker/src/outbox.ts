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

export interface Outbox {
  /** `event` is plain data: JSON can be made of it. */
  add(event: WireEvent, callback?: (outcome: Outcome) => void): void;
  /** The page is left, perhaps for good: send all at once, and keep what nobody has confirmed. */
  leave(forGood?: boolean): void;
}

interface Entry extends Kept {
  callback?: ((outcome: Outcome) => void) | undefined;
}

export function openOutbox(api: string): Outbox {
  // Beacons of the page before too: nobody knows what became of them, and an id counts once.
  const waiting: Entry[] = kept().filter((entry) => entry.api === api);
  const flying = new Set<readonly Entry[]>();
  let failures = 0;
  /** Until when the server wants no requests. */
  let pausedUntil = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function later(ms: number) {
    timer ??= setTimeout(send, ms);
  }

  function send(beacon?: boolean) {
    clearTimeout(timer);
    timer = undefined;
    const pause = pausedUntil - Date.now();
    if (pause > 0) return later(pause);
    while (waiting.length > 0) void post(waiting.splice(0, BATCH_EVENTS), beacon);
  }

  async function post(batch: readonly Entry[], beacon?: boolean) {
    const body = JSON.stringify({
      events: batch.map(({ event }) => event),
      sent_at: new Date().toISOString(),
    });
    // Nobody sees a beacon's answer: it stays kept, and the next page sends it again.
    if (beacon && navigator.sendBeacon(api, body)) return;
    flying.add(batch);
    let status = 0;
    let rejected: number[] = [];
    try {
      const keepalive = body.length < KEEPALIVE_CHARACTERS;
      const answer = await fetch(api, { method: "POST", body, keepalive, credentials: "omit" });
      status = answer.status;
      const until = Date.now() + Number(answer.headers.get("Retry-After")) * 1000;
      if (until > pausedUntil) pausedUntil = until;
      const said = (await answer.json()) as { rejected: { index: number }[] };
      rejected = said.rejected.map(({ index }) => index);
    } catch {
      // No answer, or none that names events.
    }
    flying.delete(batch);
    const again = /^(0|408|429|5..)$/.test(`${status}`);
    keep(batch, !again);
    if (again) {
      waiting.unshift(...batch);
      // Several requests of one moment fail together.
      if (!timer) failures++;
      later(Math.min(2 ** failures, LONGEST_PAUSE_S) * 500 * (1 + Math.random()));
    } else {
      failures = 0;
    }
    batch.forEach((entry, index) => {
      const { callback } = entry;
      entry.callback = undefined;
      callback?.({ status: rejected.includes(index) ? 400 : status });
    });
  }

  function leave(forGood?: boolean) {
    keep([...flying, waiting].flat());
    send(forGood);
  }

  addEventListener("online", () => send());
  later(GATHER_MS);

  return {
    add(event, callback) {
      waiting.push({ api, event, callback });
      waiting.splice(0, waiting.length - WAITING_EVENTS);
      later(GATHER_MS);
      if (document.hidden) leave();
    },
    leave,
  };
}
