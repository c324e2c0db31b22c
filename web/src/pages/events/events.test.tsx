import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { keyOf } from "../../api/key";
import { openPage, type Body } from "../../test-page";
import Events from "./events";

const asksFor = (body: Body, text: string) => JSON.stringify(body).includes(text);

// jsdom has no canvas to draw on.
vi.mock("../../parts/chart", () => ({ default: () => null }));

const row = (name: string) => ({ dimensions: [name], metrics: [5, 4] });

const server = (path: string, body: Body) => {
  if (path === "/api/v1/events/query") {
    return { events: [{ event_id: "1", properties: { price: 9, plan: "<b>team</b>" } }] };
  }
  if (path === "/api/v1/sites/demo") {
    const error = { code: "key_unknown", message: "no key opens this", field: null };
    return new Response(JSON.stringify({ error }), { status: 401 });
  }
  if (asksFor(body, "time:")) return { results: [], meta: { time_labels: [] } };
  if (asksFor(body, "avg(event:props:price)")) {
    return { results: [{ dimensions: [], metrics: [42.5, 9, 90, 9, 290, 1000] }], meta: {} };
  }
  if (asksFor(body, "event:props:plan")) {
    return { results: [{ dimensions: ["<b>team</b>"], metrics: [3, 2] }], meta: { total_rows: 1 } };
  }
  if (asksFor(body, '"event:props:price"]')) return { results: [], meta: {} };
  return { results: [row("purchase"), row("signup")], meta: {} };
};

it("opens the most frequent name, and each property by a click", async () => {
  const page = openPage(Events, "", server);
  expect(await screen.findByRole("heading", { name: "purchase" })).toBeTruthy();
  await userEvent.click(await screen.findByRole("link", { name: "plan" }));
  const value = await screen.findByRole("button", { name: /team/ });
  expect(value.textContent).toBe("<b>team</b>");
  await userEvent.click(value);
  await waitFor(() => expect(page.search()).toContain("f=is,event:props:plan,"));
});

it("shows the figures of a property whose values are numbers", async () => {
  openPage(Events, "?event=purchase&key=price", server);
  expect(await screen.findByText("42.5")).toBeTruthy();
});

it("keeps no key that the server does not take", async () => {
  openPage(Events, "?event=purchase&show=schema", server);
  await userEvent.type(await screen.findByLabelText("Read key"), "wrong");
  await userEvent.click(screen.getByRole("button", { name: "Open" }));
  expect((await screen.findByRole("alert")).textContent).toContain("no key opens this");
  expect(keyOf("demo")).toBeNull();
});
