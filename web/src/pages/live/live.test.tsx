import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { type Body, openPage } from "../../test-page";
import Live from "./live";

vi.setConfig({ testTimeout: 30_000 });

const stored = (id: string, second: number, more: object = {}) => ({
  event_id: id,
  name: "pageview",
  timestamp: new Date(Date.UTC(2026, 10, 20, 10, 0, second)).toISOString(),
  path: "/pricing",
  properties: {},
  ...more,
});

let events: object[] = [];

// No live stream here: the page asks instead, and shows what it is told.
const server = (path: string, body: Body) => {
  if (path === "/api/v1/events/query") return { events };
  if (path === "/api/events") {
    events = [stored("sent", 9, { name: body["name"] }), ...events];
    return { status: "accepted", event_id: "sent" };
  }
  if (path.startsWith("/api/v1/live/figures")) {
    const top = { top_sources: [], top_elements: [], top_countries: [] };
    const pages = { top_pages: [{ name: "/pricing", count: 7 }] };
    return { current_visitors: 3, events_per_minute: 1.5, avg_duration: 2, ...pages, ...top };
  }
  if (path.startsWith("/metrics/realtime")) {
    return { buckets: [{ timestamp: "2026-11-20T10:00:00Z", counts: { pageview: 7, play: 2 } }] };
  }
  return { segments: [], goals: [] };
};

beforeEach(() => {
  events = [
    stored("b", 2, { name: "play", path: "/docs" }),
    stored("a", 1, { properties: { plan: "<img src=x onerror=alert(1)>" } }),
  ];
});

it("shows figures and events while there is no live stream, and says so", async () => {
  openPage(Live, "", server);
  expect(await screen.findByText(/Not connected: asked every three seconds/)).toBeTruthy();
  const rows = within(await screen.findByRole("list", { name: "Events, newest first" }));
  expect(rows.getAllByRole("listitem").map((row) => row.dataset["event"])).toEqual(["b", "a"]);
  expect(screen.getByRole("img", { name: /pageview 7, play 2/ })).toBeTruthy();
  expect(document.querySelector("[onerror]")).toBeNull();
});

it("searches the stream, and filters everything by a row of a list", async () => {
  const page = openPage(Live, "", server);
  await screen.findByRole("list", { name: "Events, newest first" });
  await userEvent.type(screen.getByLabelText("Search in the stream"), "onerror");
  await waitFor(() => expect(document.querySelectorAll("[data-event]")).toHaveLength(1));
  expect(page.search()).toBe("?q=onerror");
  await userEvent.click(await screen.findByTitle("/pricing · Filter by /pricing"));
  await waitFor(() => expect(page.search()).toContain("f=is,event:page,/pricing"));
  await waitFor(() =>
    expect(page.asked.at(-1)?.body["filters"]).toEqual([["is", "event:page", ["/pricing"]]]),
  );
});

it("holds what arrives until the reader goes on", async () => {
  openPage(Live, "", server);
  await screen.findByRole("list", { name: "Events, newest first" });
  await userEvent.click(screen.getByRole("button", { name: /Hold/ }));
  events = [stored("c", 3), ...events];
  expect((await screen.findByTestId("waiting")).textContent).toBe("1 new");
  expect(document.querySelector('[data-event="c"]')).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: /Go on/ }));
  expect(document.querySelector("[data-event]")?.getAttribute("data-event")).toBe("c");
});

it("sends a test event, and says when it is in the stream", async () => {
  const page = openPage(Live, "", server);
  await userEvent.click(await screen.findByRole("radio", { name: "Purchase" }));
  await userEvent.click(screen.getByRole("button", { name: "Send test event" }));
  expect((await screen.findByTestId("arrived")).textContent).toMatch(/in the stream after [\d,.]+ ms/);
  expect(screen.getByTestId("accepted-id").textContent).toBe("sent");
  const sent = page.asked.find(({ path }) => path === "/api/events");
  expect(sent?.body).toMatchObject({ site_id: "demo", name: "purchase" });
  expect(within(screen.getByRole("list", { name: /Events/ })).getByText("yours")).toBeTruthy();
});

it("asks for a write key where the site takes no event without", async () => {
  const page = openPage(Live, "", server, { require_key: true });
  await userEvent.type(await screen.findByLabelText(/^Write key/), "mw_secret");
  await userEvent.click(screen.getByRole("button", { name: "Send test event" }));
  await screen.findByTestId("accepted-id");
  const sent = page.asked.find(({ path }) => path === "/api/events");
  expect(sent?.body).toHaveProperty("user_agent");
  expect(JSON.stringify(page.asked)).not.toContain("mw_secret");
});
