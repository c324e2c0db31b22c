import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { openPage, type Body } from "../../test-page";
import Retention from "./retention";

const cell = (visitors: number, of: number) => ({ visitors, of, rate: (visitors / of) * 100 });
const table = {
  cohorts: [
    { start: "2026-11-19", visitors: 10, returned: [cell(10, 10), cell(4, 10), cell(1, 10)] },
    { start: "2026-11-20", visitors: 8, returned: [cell(8, 8), cell(1, 8)] },
  ],
  sums: [cell(18, 18), cell(5, 18), cell(1, 10)],
};

const server = (path: string, body: Body) => {
  if (path.endsWith("/goals")) return { goals: [] };
  if (path === "/api/v2/query") return { results: [], meta: {} };
  const groups = body["breakdown"] === undefined ? [] : [{ value: "Google", table }];
  return { interval: body["interval"], date_range: [], all: table, groups, other: null };
};

const last = (page: { asked: { path: string; body: Body }[] }) =>
  page.asked.findLast(({ path }) => path.includes("retention"))?.body;

it("shows percent or visitors", async () => {
  const page = openPage(Retention, "", server);
  expect((await screen.findAllByRole("cell", { name: "40%" })).length).toBe(2);
  expect(last(page)).toMatchObject({ interval: "day", date_range: "7d" });
  await userEvent.click(screen.getByRole("radio", { name: "Visitors" }));
  expect((await screen.findAllByRole("cell", { name: "4" })).length).toBe(2);
  expect(page.search()).toBe("?figures=visitors");
});

it("asks for the event to start with once it has a name", async () => {
  const page = openPage(Retention, "", server);
  await userEvent.selectOptions(await screen.findByLabelText("Start with"), "the event");
  await waitFor(() => expect(page.search()).toBe("?start=is,event:name,"));
  expect(last(page)?.["start"]).toBeUndefined();
  await userEvent.type(screen.getByLabelText("Start with: value"), "signup{Enter}");
  await waitFor(() =>
    expect(last(page)?.["start"]).toEqual({ filters: [["is", "event:name", ["signup"]]] }),
  );
});

it("filters by a value of the breakdown", async () => {
  const page = openPage(Retention, "?by=visit:source", server);
  await userEvent.click(await screen.findByRole("button", { name: "Google" }));
  await waitFor(() => expect(page.search()).toContain("f=is,visit:source,Google"));
});
