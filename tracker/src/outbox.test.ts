import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keep, kept } from "./kept";
import { openOutbox } from "./outbox";
import type { Outcome, WireEvent } from "./types";

const API = "https://stats.test/api/events";
let requests: {
  ids: string[];
  keepalive: boolean;
  answer: (status: number, retryAfter?: string, text?: string) => void;
  fail: () => void;
}[];
let beacons: string[][];

let listeners: AbortController;

const idsOf = (body: string) =>
  (JSON.parse(body) as { events: WireEvent[] }).events.map(({ event_id }) => event_id);
const event = (id: string, more: Partial<WireEvent> = {}): WireEvent => ({
  name: "x",
  event_id: id,
  timestamp: new Date().toISOString(),
  url: "/",
  ...more,
});
const keptIds = () => kept().map(({ event: { event_id } }) => event_id);
const entry = (id: string, api = API) => ({ api, event: event(id) });
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(1);
  requests = [];
  beacons = [];
  // Outboxes last as long as their page; here, as long as their test.
  listeners = new AbortController();
  const { signal } = listeners;
  const listen = window.addEventListener.bind(window);
  vi.stubGlobal("addEventListener", (name: string, listener: () => void) =>
    listen(name, listener, { signal }),
  );
  vi.stubGlobal(
    "fetch",
    (url: string, { body, keepalive }: { body: string; keepalive: boolean }) => {
      expect(url).toBe(API);
      return new Promise((resolve, reject) => {
        requests.push({
          ids: idsOf(body),
          keepalive,
          answer: (status, retryAfter, text = "<html>") =>
            resolve(
              new Response(text, {
                status,
                headers: retryAfter ? { "Retry-After": retryAfter } : {},
              }),
            ),
          fail: () => reject(new TypeError("failed")),
        });
      });
    },
  );
  navigator.sendBeacon = (_, body) => {
    beacons.push(idsOf(body as string));
    return true;
  };
});

afterEach(() => {
  listeners.abort();
  vi.useRealTimers();
  localStorage.clear();
});

test("events of one moment travel together, and their callbacks hear of it", async () => {
  const outbox = openOutbox(API);
  const callback = vi.fn<(outcome: Outcome) => void>();
  outbox.add(event("a"), callback);
  outbox.add(event("b"));
  expect(requests).toHaveLength(0);
  vi.advanceTimersByTime(250);
  expect(requests.map(({ ids }) => ids)).toEqual([["a", "b"]]);
  requests[0]?.answer(202);
  await settle();
  expect(callback).toHaveBeenCalledExactlyOnceWith({ status: 202 });
  expect(localStorage.length).toBe(0);
});

test("fifty events a request, and no keepalive where the browser would refuse it", () => {
  const outbox = openOutbox(API);
  for (let index = 0; index < 60; index++) outbox.add(event(`${index}`));
  vi.advanceTimersByTime(250);
  expect(requests.map(({ ids }) => ids.length)).toEqual([50, 10]);
  outbox.add(event("large", { title: "x".repeat(30_000) }));
  vi.advanceTimersByTime(250);
  expect(requests.map(({ keepalive }) => keepalive)).toEqual([true, true, false]);
});

test.each([0, 408, 429, 500, 503])(
  "status %i: again, with the same id, ever later",
  async (status) => {
    const outbox = openOutbox(API);
    outbox.add(event("a"));
    let pause = 250;
    for (const next of [2_000, 4_000, 8_000]) {
      vi.advanceTimersByTime(pause - 1);
      const before = requests.length;
      vi.advanceTimersByTime(1);
      expect(requests).toHaveLength(before + 1);
      expect(requests.at(-1)?.ids).toEqual(["a"]);
      if (status === 0) requests.at(-1)?.fail();
      else requests.at(-1)?.answer(status);
      await settle();
      expect(keptIds()).toEqual(["a"]);
      pause = next;
    }
  },
);

test.each([200, 202, 400, 401, 403, 404, 413, 415])("status %i: never again", async (status) => {
  const outbox = openOutbox(API);
  outbox.add(event("a"));
  vi.advanceTimersByTime(250);
  requests[0]?.answer(status);
  await settle();
  vi.advanceTimersByTime(1_000_000);
  expect(requests).toHaveLength(1);
  expect(keptIds()).toEqual([]);
});

test("Retry-After is respected by everything: timers, new events, coming online, leaving", async () => {
  const outbox = openOutbox(API);
  outbox.add(event("a"));
  vi.advanceTimersByTime(250);
  requests[0]?.answer(503, "60");
  await settle();
  outbox.add(event("b"));
  dispatchEvent(new Event("online"));
  outbox.leave();
  outbox.leave(true);
  vi.advanceTimersByTime(59_000);
  expect([requests.length, beacons.length]).toEqual([1, 0]);
  expect(keptIds()).toEqual(["a", "b"]);
  vi.advanceTimersByTime(2_000);
  expect(requests.at(-1)?.ids).toEqual(["a", "b"]);
});

test("requests that fail together count as one failure", async () => {
  const outbox = openOutbox(API);
  for (let index = 0; index < 150; index++) outbox.add(event(`${index}`));
  vi.advanceTimersByTime(250);
  for (const request of requests) request.answer(500);
  await settle();
  vi.advanceTimersByTime(2_000);
  expect(requests).toHaveLength(6);
});

test("coming online sends at once", async () => {
  const outbox = openOutbox(API);
  outbox.add(event("a"));
  vi.advanceTimersByTime(250);
  requests[0]?.fail();
  await settle();
  dispatchEvent(new Event("online"));
  expect(requests.map(({ ids }) => ids)).toEqual([["a"], ["a"]]);
});

test("memory is bounded: the newest five hundred", () => {
  const outbox = openOutbox(API);
  for (let index = 0; index < 700; index++) outbox.add(event(`${index}`));
  vi.advanceTimersByTime(250);
  expect(requests.flatMap(({ ids }) => ids)).toHaveLength(500);
  expect(requests[0]?.ids[0]).toBe("200");
});

test("leaving: a beacon for what waits, storage for what nobody has confirmed", () => {
  const outbox = openOutbox(API);
  outbox.add(event("flying"));
  vi.advanceTimersByTime(250);
  outbox.add(event("waiting"));
  outbox.leave(true);
  // A browser says both.
  outbox.leave();
  expect(beacons).toEqual([["waiting"]]);
  expect(requests.map(({ ids }) => ids)).toEqual([["flying"]]);
  expect(keptIds()).toEqual(["flying", "waiting"]);
});

test("a beacon that the browser does not take is a request", () => {
  navigator.sendBeacon = () => false;
  const outbox = openOutbox(API);
  outbox.add(event("a"));
  outbox.leave(true);
  expect(requests.map(({ ids }) => ids)).toEqual([["a"]]);
  expect(keptIds()).toEqual(["a"]);
});

test("the next page sends all that is kept, beacons too, until an answer comes", async () => {
  const outbox = openOutbox(API);
  outbox.add(event("beacon"));
  outbox.leave(true);
  keep([entry("doubtful")]);
  openOutbox(API);
  vi.advanceTimersByTime(250);
  expect(requests.map(({ ids }) => ids)).toEqual([["beacon", "doubtful"]]);
  requests[0]?.answer(503);
  await settle();
  expect(keptIds()).toEqual(["beacon", "doubtful"]);
  vi.advanceTimersByTime(2_000);
  requests[1]?.answer(202);
  await settle();
  expect(kept()).toEqual([]);
});

test("what another server did not get is not for this one", async () => {
  keep([entry("theirs", "https://other.test/api/events"), entry("ours")]);
  openOutbox(API);
  vi.advanceTimersByTime(250);
  expect(requests.map(({ ids }) => ids)).toEqual([["ours"]]);
  requests[0]?.answer(202);
  await settle();
  expect(keptIds()).toEqual(["theirs"]);
});

test("callbacks hear which events of a request the server refused", async () => {
  const outbox = openOutbox(API);
  const statuses: [string, number][] = [];
  for (const id of ["a", "b", "c"])
    outbox.add(event(id), ({ status }) => statuses.push([id, status]));
  vi.advanceTimersByTime(250);
  requests[0]?.answer(202, "", `{"accepted":2,"rejected":[{"index":1,"code":"name_missing"}]}`);
  await settle();
  expect(statuses).toEqual([
    ["a", 202],
    ["b", 400],
    ["c", 202],
  ]);
});

test.each(["", "null", "{}", `{"rejected":5}`, `{"rejected":[null]}`, `{"rejected":"0"}`])(
  "an answer that names no events: %s",
  async (text) => {
    const outbox = openOutbox(API);
    const callback = vi.fn<(outcome: Outcome) => void>();
    outbox.add(event("a"), callback);
    vi.advanceTimersByTime(250);
    requests[0]?.answer(202, "", text);
    await settle();
    expect(callback).toHaveBeenCalledExactlyOnceWith({ status: 202 });
    expect(kept()).toEqual([]);
  },
);

test("a callback is called once, however often its event is sent", async () => {
  const outbox = openOutbox(API);
  const callback = vi.fn<(outcome: Outcome) => void>();
  outbox.add(event("a"), callback);
  vi.advanceTimersByTime(250);
  requests[0]?.answer(503);
  await settle();
  vi.advanceTimersByTime(2_000);
  requests[1]?.answer(202);
  await settle();
  expect(callback).toHaveBeenCalledExactlyOnceWith({ status: 503 });
});

test("hiding: sent at once, kept until answered", async () => {
  const outbox = openOutbox(API);
  outbox.add(event("a"));
  outbox.leave();
  expect(requests.map(({ ids }) => ids)).toEqual([["a"]]);
  expect(keptIds()).toEqual(["a"]);
  requests[0]?.answer(202);
  await settle();
  expect(keptIds()).toEqual([]);
});
