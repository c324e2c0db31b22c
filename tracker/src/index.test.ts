import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Outcome, Properties, WireEvent } from "./types";

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

/** What was sent for a site; trackers of other tests are on the same page. */
const eventsOf = (site: string) =>
  sent.flatMap(({ events }) => events).filter(({ site_id }) => site_id === site);

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

test("an event of which no JSON can be made, or too much, is left out alone", async () => {
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  const { init, pageview, track } = await import("./index");
  init({ api: "/api/events", site: "odd", local: true });
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const callback = vi.fn<(outcome: Outcome) => void>();
  const odd = [{ cyclic }, { big: 5n }, { long: "x".repeat(40_000) }] as unknown as Properties[];
  for (const props of odd) track("odd", { props, callback });
  pageview({ url: "/odd", props: odd[0] as Properties });
  track("good");
  vi.advanceTimersByTime(250);
  expect(eventsOf("odd").map(({ name }) => name)).toEqual(["pageview", "engagement", "good"]);
  expect(callback.mock.calls).toEqual([[{ status: 0 }], [{ status: 0 }], [{ status: 0 }]]);
  expect(warn).toHaveBeenCalledTimes(3);
});

test("properties are those of the moment of the call; a title comes later", async () => {
  const { init, track } = await import("./index");
  init({ api: "/api/events", site: "moment", local: true });
  const props = { step: 1 };
  track("a", { props });
  props.step = 2;
  document.title = "Rendered";
  vi.advanceTimersByTime(250);
  expect(eventsOf("moment")).toMatchObject([{ title: "Rendered" }, { properties: { step: 1 } }]);
});

test("a page view of one's own is no change of the location", async () => {
  history.replaceState({}, "", "/shop");
  const { init, pageview } = await import("./index");
  init({ api: "/api/events", site: "modal", local: true });
  pageview({ url: "/modal" });
  history.replaceState({ scroll: 5 }, "", location.href);
  history.pushState({}, "", "/shop?sort=price");
  history.pushState({}, "", "/modal");
  vi.advanceTimersByTime(250);
  const views = eventsOf("modal").filter(({ name }) => name === "pageview");
  expect(views.map(({ url }) => new URL(url, location.href).href)).toEqual(
    ["/shop", "/modal", "/modal"].map((path) => location.origin + path),
  );
});

test("on a server that renders pages nothing happens", async () => {
  vi.stubGlobal("document", undefined);
  const { init, track } = await import("./index");
  init({ api: "/api/events" });
  track("x");
  expect(sent).toEqual([]);
});
