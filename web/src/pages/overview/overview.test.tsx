import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { isObject } from "../../api/client";
import type { Line } from "../../parts/chart";
import { makeRouter } from "../../routes";

// No canvas here: the chart says what it would draw.
vi.mock("../../parts/chart", () => ({
  default: ({ title, line }: { title: string; line: Line }) => (
    <output aria-label={title}>{JSON.stringify(line.values)}</output>
  ),
}));

interface Body {
  metrics: string[];
  dimensions: string[];
  filters: unknown[][];
  date_range: unknown;
  include: Record<string, unknown>;
}

// The whole page, on machines that do other things meanwhile.
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 60_000 });

let asked: Body[] = [];
let access: "public" | "admin" = "public";
let goals: object[] = [];

const ROWS: Record<string, [string, number][]> = {
  "visit:source": [
    ["Google", 40],
    ["<img src=x onerror=alert(1)>", 10],
  ],
  "event:page": [["/pricing", 30]],
  "visit:country": [["DE", 20]],
  "event:name": [
    ["click", 9],
    ["signup", 5],
  ],
  "time:day": [["2026-01-02", 7]],
};

function answer(path: string, body: Body | null): [number, unknown] {
  if (path === "/api/v1/sites/demo") {
    const times = { created_at: "2025-01-01T00:00:00Z", first_event_at: null, last_event_at: null };
    const site = { id: "demo", timezone: "UTC", public: true, require_key: false };
    return [200, { ...site, ...times, access }];
  }
  if (path.endsWith("/goals")) return [200, { goals }];
  if (path.endsWith("/segments")) return [200, { segments: [] }];
  if (path.endsWith("/annotations")) return [404, { error: { code: "unknown", message: "no" } }];
  if (path === "/api/v1/sites") return [200, { sites: [] }];
  if (path === "/api/v1/events/query") return [200, { events: [] }];
  if (path !== "/api/v2/query" || body === null) return [404, {}];
  asked.push(body);
  const [dimension] = body.dimensions;
  const values = body.metrics.map(() => 50);
  const rows =
    dimension === undefined
      ? [{ dimensions: [], metrics: values }]
      : (ROWS[dimension] ?? []).map(([name, count]) => ({
          dimensions: body.dimensions.map((_, at) => (at === 0 ? name : "")),
          metrics: body.metrics.map(() => count),
        }));
  const labels = { time_labels: ["2026-01-01", "2026-01-02", "2026-01-03"] };
  return [
    200,
    {
      results: rows,
      meta: {
        as_of: "",
        ...("time_labels" in body.include ? labels : {}),
        ...("total_rows" in body.include ? { total_rows: rows.length } : {}),
        ...("comparisons" in body.include ? { comparison_date_range: ["a", "b"] } : {}),
      },
      query: { date_range: ["", ""], dimensions: body.dimensions },
    },
  ];
}

// jsdom has no modal dialogs.
function showModal(this: HTMLDialogElement) {
  this.open = true;
}

function close(this: HTMLDialogElement) {
  this.open = false;
}

const isBody = (value: unknown): value is Body => isObject(value) && "metrics" in value;

function parsed(text: string): Body | null {
  const body: unknown = JSON.parse(text);
  return isBody(body) ? body : null;
}

beforeEach(() => {
  asked = [];
  access = "public";
  goals = [];
  vi.stubGlobal(
    "WebSocket",
    class extends EventTarget {
      close() {}
    },
  );
  vi.stubGlobal("fetch", (path: string, how: RequestInit = {}) => {
    const body = typeof how.body === "string" ? parsed(how.body) : null;
    const [status, json] = answer(path, body);
    return Promise.resolve(new Response(JSON.stringify(json), { status }));
  });
  Object.assign(HTMLDialogElement.prototype, { showModal, close });
  vi.stubGlobal("scrollTo", () => undefined);
});

function open(search = "") {
  history.pushState(null, "", `/sites/demo${search}`);
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={makeRouter()} />
    </QueryClientProvider>,
  );
  return userEvent.setup();
}

const PERIOD = "?from=2026-01-01&to=2026-01-03";
const first = (dimension: string) => asked.find((body) => body.dimensions[0] === dimension);
const dimensions = () => asked.map((body) => body.dimensions.join());

test("one question for the totals and one for all buckets; closed tabs ask nothing", async () => {
  open(PERIOD);
  await screen.findByText("Google");
  expect(dimensions().filter((each) => each === "")).toHaveLength(1);
  expect(dimensions()).not.toContain("visit:channel");
  // The compared buckets are those of the period that the totals name.
  await waitFor(() => {
    const days = asked.filter((body) => body.dimensions[0] === "time:day");
    expect(days.map((body) => body.date_range)).toEqual([
      ["2026-01-01", "2026-01-03"],
      ["a", "b"],
    ]);
  });
  const chart = await screen.findByRole("status", { name: /^Visitors, / });
  expect(chart.textContent).toBe("[0,7,0]");
});

test("a figure is drawn when it is pressed, and the URL says so", async () => {
  const user = open(PERIOD);
  await user.click(await screen.findByRole("button", { name: /^Bounce rate/ }));
  const chart = await screen.findByRole("status", { name: /^Bounce rate, / });
  expect(chart.textContent).toBe("[null,7,null]");
  expect(location.search).toContain("metric=bounce_rate");
});

test("a row becomes a filter of all that is shown; text from events is text", async () => {
  const user = open(PERIOD);
  const hostile = await screen.findByText("<img src=x onerror=alert(1)>");
  expect(hostile.querySelector("img")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Google" }));
  await screen.findByRole("button", { name: "Edit the filter Source is Google" });
  expect(location.search).toContain("f=is,visit:source,Google");
  const filter = ["is", "visit:source", ["Google"]];
  await waitFor(() => expect(asked.at(-1)?.filters).toContainEqual(filter));
});

test("the open tab is in the URL", async () => {
  const user = open(`${PERIOD}&pages=exit`);
  const pages = await screen.findByRole("region", { name: "Pages" });
  expect(within(pages).getByRole("tab", { selected: true }).textContent).toBe("Exit pages");
  await user.click(within(pages).getByRole("tab", { name: "Entry pages" }));
  expect(location.search).toContain("pages=entry");
  await waitFor(() => expect(dimensions()).toContain("visit:entry_page"));
});

test("details are searched and sorted by the server, and close with a filter", async () => {
  const user = open(`${PERIOD}&detail=visit:source`);
  const dialog = await screen.findByRole("dialog", { name: /Source/ });
  await user.click(await within(dialog).findByRole("button", { name: "Bounce rate" }));
  await user.type(within(dialog).getByRole("searchbox"), "goo");
  await waitFor(() =>
    expect(asked.at(-1)).toMatchObject({
      order_by: [["bounce_rate", "desc"]],
      pagination: { limit: 100, offset: 0 },
      filters: [["contains", "visit:source", ["goo"], { case_sensitive: false }]],
    }),
  );
  await user.click(await within(dialog).findByRole("button", { name: "Google" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(location.search).toBe(`${PERIOD}&f=is,visit:source,Google`);
});

test("without goals the page says how to add one; raw events are for holders of a key", async () => {
  const user = open(`${PERIOD}&behaviour=goals`);
  await screen.findByText(/This site has no goals yet/);
  await user.click(screen.getByRole("button", { name: "Export" }));
  await screen.findByRole("menuitem", { name: "Figures over time, CSV" });
  expect(screen.queryByRole("menuitem", { name: /^Events/ })).toBeNull();
});

test("a filter is put together in the dialog", async () => {
  const user = open(PERIOD);
  await user.click(await screen.findByRole("button", { name: "Filter" }));
  const dialog = await screen.findByRole("dialog", { name: "Add a filter" });
  await user.selectOptions(within(dialog).getByLabelText("By"), "visit:source");
  await user.selectOptions(within(dialog).getByLabelText("How"), "is not");
  await user.click(await within(dialog).findByRole("checkbox", { name: /Google/ }));
  await user.type(within(dialog).getByRole("searchbox"), "Bing{Enter}");
  await user.click(within(dialog).getByRole("button", { name: "Apply" }));
  await screen.findByRole("button", { name: "Edit the filter Source is not Google or Bing" });
  expect(location.search).toContain("f=is_not,visit:source,Google,Bing");
});

test("a goal that is filtered by makes conversions of the figures, and leaves the goals alone", async () => {
  goals = ["Purchase", "Signup"].map((name, id) => ({ id, name, kind: "event", event: name }));
  open(`${PERIOD}&behaviour=goals&f=is,event:goal,Signup`);
  const figures = await screen.findByRole("list", { name: "Figures" });
  expect(within(figures).getAllByRole("button")).toHaveLength(3);
  await screen.findByRole("button", { name: /^Unique conversions/ });
  await screen.findByRole("button", { name: "Signup", pressed: true });
  await screen.findByRole("button", { name: "Purchase", pressed: false });
  expect(first("event:goal")?.filters).toEqual([]);
  expect(first("visit:source")?.metrics).toEqual(["visitors", "group_conversion_rate"]);
  expect(first("visit:source")?.filters).toEqual([["is", "event:goal", ["Signup"]]]);
});

test("an event that is pressed is filtered by, and its properties have a button of their own", async () => {
  const user = open(PERIOD);
  const events = await screen.findByRole("region", { name: "Events and goals" });
  await user.click(await within(events).findByRole("button", { name: "Properties of signup" }));
  expect(location.search).toContain("event=signup");
  await screen.findByText("The events “signup” have no properties.");
  await user.click(within(events).getByRole("button", { name: "signup" }));
  expect(location.search).toContain("f=is,event:name,signup");
});

test("an empty list says whether it may be for the filters", async () => {
  open(`${PERIOD}&f=is,visit:source,Nobody&places=countries&devices=languages`);
  const devices = await screen.findByRole("region", { name: "Devices" });
  const note = await within(devices).findByText(/^Nothing/);
  expect(note.textContent).toBe("Nothing matches these filters in this period.");
});
