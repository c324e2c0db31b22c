import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { WireEvent } from "./types";

let sent: { url: string; events: WireEvent[] }[];

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
  sent = [];
  vi.stubGlobal("fetch", (url: string, { body }: { body: string }) => {
    sent.push({ url, ...(JSON.parse(body) as { events: WireEvent[] }) });
    return new Promise(() => undefined);
  });
});
afterEach(() => {
  vi.useRealTimers();
});

test("calls wait for init; the signed-in user is on the first page view already", async () => {
  const { identify, init, track } = await import("./index");
  track("early", { props: { a: 1 } });
  identify("ada");
  init({ api: "/api/events", site: "demo", local: true });
  init({ api: "/other", site: "other", local: true });
  track("late", { revenue: { amount: 5, currency: "EUR" } });
  identify();
  track("anonymous");
  vi.advanceTimersByTime(250);
  expect(sent.map(({ url }) => url)).toEqual([`${location.origin}/api/events`]);
  expect(sent[0]?.events.map(({ name, user_id }) => [name, user_id])).toEqual([
    ["pageview", "ada"],
    ["early", "ada"],
    ["late", "ada"],
    ["anonymous", undefined],
  ]);
  expect(new Set(sent[0]?.events.map(({ event_id }) => event_id)).size).toBe(4);
});

test("page views of one's own", async () => {
  const { init, pageview } = await import("./index");
  init({ api: "https://stats.test/e", site: "demo", local: true, manual: true });
  pageview({ url: "/screen/a", props: { theme: "dark" } });
  vi.advanceTimersByTime(250);
  expect(sent[0]?.events).toMatchObject([
    { name: "pageview", url: "/screen/a", properties: { theme: "dark" } },
  ]);
});

test("on a server that renders pages nothing happens", async () => {
  vi.stubGlobal("document", undefined);
  const { init, track } = await import("./index");
  init({ api: "/api/events" });
  track("x");
  expect(sent).toEqual([]);
});
