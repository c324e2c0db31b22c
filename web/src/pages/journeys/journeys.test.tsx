import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { openPage } from "../../test-page";
import Journeys from "./journeys";

const leaf = (name: string, sessions: number) => ({
  name,
  sessions,
  other: 0,
  ended: sessions,
  branches: [],
});

const server = (path: string) => {
  if (path.endsWith("/goals")) return { goals: [] };
  if (path === "/api/v2/query") return { results: [], meta: {} };
  return {
    start: {
      name: null,
      sessions: 9,
      other: 1,
      ended: 0,
      branches: [leaf("/pricing", 6), leaf("<i>x</i>", 2)],
    },
    approximate: false,
  };
};

it("draws stations and lists the same ways", async () => {
  openPage(Journeys, "", server);
  const station = await screen.findByRole("button", { name: "/pricing 6 · 67% of the sessions" });
  expect(station.textContent).toContain("/pricing");
  const table = screen.getByRole("table", { name: "Most frequent ways" });
  const rows = within(table).getAllByRole("row");
  expect(rows[1]?.textContent).toContain("/pricing");
  expect(rows[1]?.textContent).toContain("Left");
  expect(within(table).getByText("<i>x</i>")).toBeTruthy();
});

it("looks from a station, and back from it", async () => {
  const page = openPage(Journeys, "", server);
  const station = await screen.findByRole("button", { name: /^\/pricing/ });
  station.focus();
  await userEvent.keyboard("{Enter}");
  await userEvent.click(await screen.findByRole("menuitem", { name: "What lies before" }));
  await waitFor(() => expect(page.search()).toBe("?before=is,event:page,/pricing"));
  await waitFor(() =>
    expect(page.asked.at(-1)?.body).toMatchObject({
      direction: "before",
      anchor: { page: "/pricing" },
    }),
  );
  await userEvent.click(await screen.findByRole("radio", { name: "What comes after" }));
  await waitFor(() => expect(page.search()).toBe("?after=is,event:page,/pricing"));
});
