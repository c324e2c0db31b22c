import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { openPage, type Body } from "../../test-page";
import Activity from "./activity";

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const server = (path: string, body: Body) => {
  if (path.includes("engagement")) {
    return {
      days: [{ date: "2026-11-20", daily: 12, weekly: 40, monthly: 90, stickiness: 13.33 }],
    };
  }
  const week = DAYS.map((day, index) => ({
    day,
    hours: Array.from({ length: 24 }, (_, hour) => ({
      hour,
      sum: index === 2 && hour === 14 ? 50 : 1,
      hours: 2,
      mean: index === 2 && hour === 14 ? 25 : 0.5,
    })),
  }));
  return { metric: body["metric"], week };
};

it("says when the site is busiest, and asks for the metric that is chosen", async () => {
  const page = openPage(Activity, "", server);
  expect((await screen.findByText(/Wednesday/)).textContent).toMatch(/Wednesday, .*14|2/);
  expect(screen.getByText(/with 25\.0 visitors/)).toBeTruthy();
  await userEvent.click(screen.getByRole("radio", { name: "Pageviews" }));
  await screen.findByText(/with 25\.0 pageviews/);
  expect(page.search()).toBe("?metric=pageviews");
});

it("shows who is active of the last day, and draws no line of one day", async () => {
  const page = openPage(Activity, "", server);
  await screen.findByText(/A period of several days/);
  await userEvent.click(screen.getByRole("button", { name: /Stickiness/ }));
  await waitFor(() => expect(page.search()).toBe("?active=stickiness"));
});
