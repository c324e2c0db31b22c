// The whole page against stubbed answers. The chart is left out: jsdom has no canvas, and the
// end-to-end tests look at its pixels.

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { keepReadKey, readKey } from "../api/read-key";
import { SitePage } from "./site-page";

vi.mock("../parts/chart", () => ({ default: () => <div data-testid="chart" /> }));

type Answer = { status?: number; body: unknown } | "away";
type Answers = Record<string, Answer | ((init: RequestInit | undefined) => Answer)>;

const error = (code: string, message: string) => ({ error: { code, message, field: null } });
const at = (msAgo: number) => new Date(Date.now() - msAgo).toISOString();

const FULL: Answers = {
  "/metrics": {
    body: {
      active_users: 15,
      events_per_min: 42.5,
      avg_duration: null,
      top_elements: [{ element: "video_player", count: 120 }],
    },
  },
  "/metrics/realtime": {
    body: { buckets: [{ timestamp: at(0), counts: { pageview: 7, click: 2 } }] },
  },
  "/metrics/summary": { body: { last_hour: { total_events: 901, unique_users: 303 } } },
  "/analytics/summary": {
    body: {
      summary: {
        total_events: 1000,
        last_24_hours: 400,
        by_type: [{ event_type: "pageview", count: 8 }],
      },
    },
  },
  "/analytics/timeseries": {
    body: { result: { range: "24h", interval: "hour", data: [{ time: at(0), count: 3 }] } },
  },
  "/analytics/top-pages": { body: { pages: [{ page_url: "/pricing", count: 5 }] } },
  "/analytics/recent": {
    body: {
      events: [
        {
          event_id: "e1",
          event_type: "pageview",
          user_id: null,
          page_url: "/",
          timestamp: at(5_000),
          metadata: {},
        },
      ],
    },
  },
};

let answers: Answers;

beforeEach(() => {
  answers = { ...FULL };
  vi.stubGlobal("fetch", (url: string, init?: RequestInit) => {
    const path = url.split("?")[0] ?? "";
    const given = answers[path];
    const answer = typeof given === "function" ? given(init) : given;
    if (answer === undefined || answer === "away") return Promise.reject(new TypeError("refused"));
    return Promise.resolve(
      new Response(JSON.stringify(answer.body), { status: answer.status ?? 200 }),
    );
  });
});

function show(site = "demo") {
  const client = new QueryClient();
  const view = render(
    <QueryClientProvider client={client}>
      <SitePage site={site} />
    </QueryClientProvider>,
  );
  return { ...view, client };
}

const panel = (name: string) => screen.findByRole("region", { name });

describe("a site with events", () => {
  it("shows the live count, the totals, the breakdowns and the chart", async () => {
    show();
    expect(await screen.findByText("15")).toBeTruthy();
    expect(screen.getByText("42.5")).toBeTruthy();
    expect(await screen.findByText("303")).toBeTruthy();
    expect(await screen.findByText("1,000")).toBeTruthy();
    expect(within(await panel("Top pages")).getByText("/pricing")).toBeTruthy();
    expect(await screen.findByText("video_player")).toBeTruthy();
    expect(await screen.findByTestId("chart")).toBeTruthy();
    expect(screen.getByRole("img", { name: "9 events in the last five minutes" })).toBeTruthy();
    expect(
      screen.getByText("15 visitors now, 42.5 events a minute").getAttribute("aria-live"),
    ).toBe("polite");
    expect(screen.getByText("Live")).toBeTruthy();
  });

  it("asks for the chosen range, and keeps it in the address", async () => {
    show();
    await screen.findByTestId("chart");
    await userEvent.click(screen.getByRole("radio", { name: "last 7 days" }));
    expect(location.search).toContain("range=7d");
    history.replaceState(null, "", "/");
  });
});

describe("hostile text", () => {
  const image = '<img src=x onerror="globalThis.ran=1">';
  const script = "</script><script>globalThis.ran=1</script>";

  it("is shown as it was sent, in every place", async () => {
    answers["/analytics/recent"] = {
      body: {
        events: [
          {
            event_id: "e1",
            event_type: image,
            page_url: "javascript:globalThis.ran=1",
            timestamp: at(0),
            metadata: { note: image, [script]: { nested: image }, n: 3, yes: true, none: null },
          },
          {
            event_id: "e2",
            event_type: "x",
            page_url: "https://example.org/a",
            timestamp: at(0),
            metadata: {},
          },
        ],
      },
    };
    answers["/analytics/top-pages"] = { body: { pages: [{ page_url: script, count: 5 }] } };
    answers["/metrics"] = {
      body: { active_users: 1, top_elements: [{ element: image, count: 1 }] },
    };
    const { container } = show("<b>demo</b>");
    const feed = await panel("Recent events");
    expect((await within(feed).findAllByText(image)).length).toBe(2);
    expect(within(feed).getByText(script).tagName).toBe("DT");
    expect(within(feed).getByText(JSON.stringify({ nested: image }))).toBeTruthy();
    expect(within(feed).getByText("javascript:globalThis.ran=1").closest("a")).toBeNull();
    expect(within(await panel("Top pages")).getByText(script)).toBeTruthy();
    expect(within(await panel("Top elements last 5 minutes")).getByText(image)).toBeTruthy();
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("<b>demo</b>");
    expect(container.querySelector("img, script, b > script")).toBeNull();

    const link = within(feed).getByRole("link");
    expect(link.getAttribute("href")).toBe("https://example.org/a");
    expect(link.getAttribute("rel")).toContain("noopener");
  });
});

describe("a site without events", () => {
  beforeEach(() => {
    answers["/analytics/summary"] = {
      body: { summary: { total_events: 0, last_24_hours: 0, by_type: [] } },
    };
    answers["/analytics/recent"] = { body: { events: [] } };
  });

  it("says how to send the first, to this server and this site", async () => {
    show("shop");
    const command = await screen.findByLabelText("Command that sends an event");
    expect(command.textContent).toContain(`curl ${location.origin}/api/events`);
    expect(command.textContent).toContain('"site_id":"shop"');
    expect(await screen.findByText("Waiting for the first event.")).toBeTruthy();
    expect(screen.queryByTestId("chart")).toBeNull();
  });

  it("becomes the full page when the first event is there", async () => {
    const { client } = show();
    await screen.findByText("No events yet");
    Object.assign(answers, FULL);
    await client.refetchQueries();
    expect(await screen.findByTestId("chart")).toBeTruthy();
    expect(screen.queryByText("No events yet")).toBeNull();
  });
});

describe("a private site", () => {
  it("asks for the read key, keeps it in the tab's storage, and opens", async () => {
    for (const path of Object.keys(FULL)) {
      answers[path] = (init) => {
        const given = FULL[path];
        const key = new Headers(init?.headers).get("x-api-key");
        if (key === "right" && given !== undefined && typeof given !== "function") return given;
        const message = key === null ? "a read key is needed" : "this key is not known";
        return { status: 401, body: error("key", message) };
      };
    }
    show("private");
    const field = await screen.findByLabelText("Read key");
    expect(screen.queryByRole("alert")).toBeNull();

    await userEvent.type(field, "wrong{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain("this key is not known");

    await userEvent.type(screen.getByLabelText("Read key"), "right{Enter}");
    expect(await screen.findByText("15")).toBeTruthy();
    expect(sessionStorage.getItem("millrace.read-key.private")).toBe("right");
  });

  it("uses the key it was given before", async () => {
    keepReadKey("private", "k");
    expect(readKey("private")).toBe("k");
    show("private");
    expect(await screen.findByText("15")).toBeTruthy();
  });
});

describe("trouble", () => {
  it("says that there is no such site", async () => {
    for (const path of Object.keys(FULL)) {
      answers[path] = { status: 404, body: error("site_unknown", "no site nowhere") };
    }
    show("nowhere");
    expect(await screen.findByText("There is no site named “nowhere”")).toBeTruthy();
  });

  it("says that the server is away, keeps the figures, and recovers", async () => {
    const { client } = show();
    await screen.findByText("15");
    answers = {};
    await client.refetchQueries();
    expect((await screen.findByRole("alert")).textContent).toContain("The server does not answer.");
    expect(screen.getByText("Reconnecting")).toBeTruthy();
    expect(screen.getByText("15")).toBeTruthy();
    answers = { ...FULL };
    // No reload and no click: the next poll finds the server.
    await waitFor(() => expect(screen.queryByRole("alert")).toBeNull(), { timeout: 4_000 });
    expect(screen.getByText("Live")).toBeTruthy();
  });

  it("names an answer of an unknown shape instead of failing as a whole", async () => {
    answers["/analytics/top-pages"] = { body: { pages: "none" } };
    answers["/analytics/recent"] = { body: [] };
    show();
    expect(await within(await panel("Top pages")).findByText(/unknown shape/)).toBeTruthy();
    expect(await within(await panel("Recent events")).findByText(/unknown shape/)).toBeTruthy();
    expect(screen.getByText("15")).toBeTruthy();
  });
});

describe("the test event", () => {
  it("shows the id and marks the event when it arrives, also when the list was paused", async () => {
    const sent: unknown[] = [];
    answers["/api/events"] = (init) => {
      sent.push(typeof init?.body === "string" ? JSON.parse(init.body) : init?.body);
      answers["/analytics/recent"] = {
        body: {
          events: [
            {
              event_id: "new",
              event_type: "purchase",
              page_url: "/test-event",
              timestamp: at(0),
              metadata: { plan: "starter" },
            },
          ],
        },
      };
      return { status: 202, body: { status: "accepted", event_id: "new" } };
    };
    show();
    const feed = await panel("Recent events");
    await within(feed).findByText("pageview");
    await userEvent.click(screen.getByRole("button", { name: "Pause" }));
    await userEvent.click(screen.getByRole("radio", { name: "Purchase" }));
    await userEvent.click(screen.getByRole("button", { name: "Send test event" }));
    expect((await screen.findByTestId("accepted-id")).textContent).toBe("new");
    expect(await within(feed).findByText("yours")).toBeTruthy();
    expect(await screen.findByText(/in the reports after/)).toBeTruthy();
    expect(sent).toMatchObject([{ site_id: "demo", name: "purchase" }]);
  });

  it("shows why the server refused", async () => {
    answers["/api/events"] = { status: 503, body: error("queue_full", "the queue is full") };
    show();
    await userEvent.click(screen.getByRole("button", { name: "Send test event" }));
    expect(await screen.findByText("Not accepted: the queue is full")).toBeTruthy();
  });
});
