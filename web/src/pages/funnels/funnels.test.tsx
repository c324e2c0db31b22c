import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { openPage, type Body } from "../../test-page";
import Funnels from "./funnels";

const step = (name: string, visitors: number, of: number) => ({
  name,
  visitors,
  of_first: of,
  of_previous: of,
  dropped: 100 - visitors,
  dropped_rate: 100 - of,
  median_seconds: 75,
});

const server = (path: string, body: Body) => {
  if (path.endsWith("/goals")) return { goals: [] };
  if (path === "/api/v2/query") {
    const dimension = JSON.stringify(body["dimensions"]);
    const values = dimension.includes("page") ? ["/", "/pricing"] : ["pageview", "signup"];
    return {
      results: values.map((value) => ({ dimensions: [value], metrics: [5] })),
      meta: { as_of: "", comparison_date_range: ["2026-11-07T00:00:00Z", "2026-11-13T23:59:59Z"] },
    };
  }
  const compared = Array.isArray(body["date_range"]);
  return {
    steps: [step("/", 100, 100), step("/pricing", 40, 40), step("signup", 20, compared ? 25 : 20)],
    conversion_rate: compared ? 25 : 20,
    groups: [],
    other: null,
    people: [],
    approximate: false,
  };
};

it("begins with what the site has, beside the compared period", async () => {
  const page = openPage(Funnels, "", server);
  expect(await screen.findByText("20 of 100 visitors")).toBeTruthy();
  expect((await screen.findAllByText(/5\.0 pts/)).length).toBeGreaterThan(0);
  const asked = page.asked.find(({ path }) => path.includes("funnels"));
  expect(asked?.body).toMatchObject({ window: "7d", order: "loose", date_range: "7d" });
  expect(page.search()).toBe("");
});

it("writes every change into the URL", async () => {
  const page = openPage(Funnels, '?steps=["is,event:page,/","is,event:name,signup"]', server);
  await screen.findByText("20 of 100 visitors");
  await userEvent.click(screen.getByRole("button", { name: "Move step 2 up" }));
  await waitFor(() =>
    expect(page.search()).toBe('?steps=["is,event:name,signup","is,event:page,/"]'),
  );
  const value = screen.getByRole("combobox", { name: "Step 2: value" });
  await userEvent.clear(value);
  await userEvent.type(value, "/docs{Enter}");
  await waitFor(() => expect(page.search()).toContain("is,event:page,/docs"));
});

it("asks nothing before there are two whole steps", async () => {
  const page = openPage(Funnels, '?steps=["is,event:page,/"]', server);
  await screen.findByText(/A funnel has two steps or more/);
  expect(page.asked.some(({ path }) => path.includes("funnels"))).toBe(false);
});
