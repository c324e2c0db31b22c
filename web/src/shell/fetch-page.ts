// The chunk of a page, also from a server that is away for a while. The router would load the whole
// document anew where a chunk does not come, and leave the reader with the browser's error page.

/* oxlint-disable no-await-in-loop -- one after the other is the point */

import { useSyncExternalStore } from "react";
import { isObject } from "../api/client";

const PAUSE_MS = 2_000;

interface Ways {
  /** Whether the server is there. */
  answers: () => Promise<boolean>;
  pause: () => Promise<void>;
  /** Told whether a page waits for a server that is away. */
  say: (away: boolean) => void;
}

/** Loads until it is there; fails only where the server answers and still has no such chunk. */
export async function insist<T>(load: () => Promise<T>, ways: Ways): Promise<T> {
  let answered = false;
  for (;;) {
    try {
      return await load();
    } catch (error) {
      // A new version has other chunks: the router's way, a new document, is right then.
      if (answered) throw error;
    }
    while (!(await ways.answers())) {
      ways.say(true);
      await ways.pause();
    }
    ways.say(false);
    answered = true;
  }
}

let away = false;
const listeners = new Set<() => void>();

function say(now: boolean): void {
  if (now === away) return;
  away = now;
  for (const listener of listeners) listener();
}

/** Whether a page that was asked for waits for a server that is away. */
export function usePageAway(): boolean {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => away,
  );
}

async function answers(): Promise<boolean> {
  try {
    const { status } = await fetch(location.pathname, { method: "HEAD", cache: "no-store" });
    return status < 500; // what a proxy says in the server's place is no answer
  } catch {
    return false;
  }
}

const pause = () => new Promise<void>((done) => setTimeout(done, PAUSE_MS));

export const fetchPage = <T>(load: () => Promise<T>): Promise<T> =>
  insist(load, { answers, pause, say });

/** Fetches pages before they are opened, one by one and when nothing else is done. */
export function fetchWhenIdle(loads: readonly (() => Promise<unknown>)[]): () => void {
  // Not every browser has it, nor TypeScript's library.
  const connection: unknown = "connection" in navigator ? navigator.connection : null;
  if (isObject(connection) && connection["saveData"] === true) return () => {};
  let ended = false;
  const run = async () => {
    for (const load of loads) {
      await idle();
      if (ended) return;
      await load();
    }
  };
  // One that does not come now comes when its page is opened.
  run().catch(() => undefined);
  return () => {
    ended = true;
  };
}

function idle(): Promise<void> {
  return new Promise((done) => {
    // Safari has no idle callback.
    if ("requestIdleCallback" in window) requestIdleCallback(() => done(), { timeout: 10_000 });
    else setTimeout(done, 500);
  });
}
