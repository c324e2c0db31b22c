import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, it } from "vitest";
import { openPage } from "../../test-page";
import Sessions from "./sessions";

beforeAll(() => {
  // jsdom has no modal dialogs.
  HTMLDialogElement.prototype.showModal = setOpen;
  HTMLDialogElement.prototype.close = setClosed;
});

function setOpen(this: HTMLDialogElement) {
  this.open = true;
}

function setClosed(this: HTMLDialogElement) {
  this.open = false;
}

const session = (index: number) => ({
  session_id: `${index}`.padStart(16, "0"),
  visitor_id: "00000000000000ab",
  user_id: null,
  start: "2026-11-20T10:00:00Z",
  end: "2026-11-20T10:01:00Z",
  duration: 60,
  pageviews: 2,
  events: 3,
  bounce: false,
  source: "Google",
  country: "DE",
  browser: "Firefox",
  os: "Linux",
  entry_page: `/entry-${index}`,
  exit_page: "/pricing",
});

const evil = "<img src=x onerror=alert(1)>";

const server = (path: string, body: Record<string, unknown>) => {
  if (path.startsWith("/api/v1/sessions/query")) {
    const first = JSON.stringify(body["pagination"]).includes('"offset":0');
    const count = first ? 50 : 5;
    // A session that came meanwhile has pushed the last one of the first page onto the second.
    return {
      sessions: Array.from({ length: count }, (_, index) => session(first ? index : index + 49)),
    };
  }
  const event = {
    event_id: "e1",
    name: "signup",
    timestamp: "2026-11-20T10:00:00Z",
    path: "/signup",
    title: null,
    host: null,
    element: null,
    revenue: null,
    duration: null,
    scroll_depth: null,
    session_id: session(3).session_id,
    properties: { note: evil },
  };
  if (path.startsWith("/api/v1/visitors/")) {
    const visitor = { visitor_id: "00000000000000ab", user_id: null, first: event.timestamp };
    return { visitor: { ...visitor, last: event.timestamp, sessions: 1 }, events: [event] };
  }
  return { session: session(3), events: [event], truncated: false };
};

it("shows more without showing one twice", async () => {
  const page = openPage(Sessions, "", server);
  await screen.findByText("50 sessions, and more");
  await userEvent.click(screen.getByRole("button", { name: "Show more" }));
  await screen.findByText("54 sessions");
  expect(page.asked.at(-1)?.body["pagination"]).toEqual({ limit: 50, offset: 50 });
});

it("asks with the view's filters", async () => {
  const page = openPage(Sessions, "?f=is,visit:source,Google&period=30d", server);
  await screen.findByText("50 sessions, and more");
  expect(page.asked[0]?.body).toMatchObject({
    date_range: "30d",
    filters: [["is", "visit:source", ["Google"]]],
  });
});

it("opens one by its link, shows properties as text, and leads to its visitor", async () => {
  const page = openPage(Sessions, "", server);
  const links = await screen.findAllByRole("link", { name: /^Session of/ });
  await userEvent.click(links[3] ?? document.body);
  const dialog = await screen.findByRole("dialog");
  expect(await within(dialog).findByText(evil)).toBeTruthy();
  expect(page.search()).toBe(`?session=${session(3).session_id}`);
  await userEvent.click(within(dialog).getByRole("link", { name: /This visitor/ }));
  await waitFor(() => expect(page.search()).toBe("?visitor=00000000000000ab"));
  expect(await screen.findByRole("heading", { name: "One visitor" })).toBeTruthy();
});
