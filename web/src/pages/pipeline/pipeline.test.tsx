import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { openPage } from "../../test-page";
import Pipeline from "./pipeline";
import type { PipelineState } from "./pipeline-shapes";

vi.setConfig({ testTimeout: 30_000 });

const point = (at: string, accepted: number) => ({
  at,
  accepted,
  stored: accepted,
  rejected: 0,
  discarded: 0.5,
  lag_records: null,
  lag_seconds: null,
});

const state: PipelineState = {
  at: "2026-11-20T10:00:10Z",
  started_at: "2026-11-20T09:00:00Z",
  roles: ["api"],
  queue: {
    kind: "none",
    lag_records: null,
    lag_seconds: null,
    bytes: null,
    segments: null,
    dead_letters: null,
  },
  store: { kind: "lake", segments: 3, segment_rows: 1_200, segment_bytes: 5_000, tail_rows: null },
  disk: null,
  totals: {
    accepted: 10,
    stored: 9,
    rejected: [{ code: "name_missing", count: 4 }],
    discarded: [{ reason: "robot", count: 1 }],
    dead_letters: 0,
  },
  history: {
    interval_seconds: 5,
    points: [point("2026-11-20T10:00:05Z", 2), point("2026-11-20T10:00:10Z", 4)],
  },
  checks: [
    { part: "store", status: "ok", message: "answers" },
    { part: "queue", status: "failed", message: "refuses events" },
  ],
};

it("says what this process does not know, and what is wrong first", async () => {
  openPage(Pipeline, "", (path) => (path.startsWith("/api/v1/pipeline") ? state : {}));
  expect((await screen.findAllByText("this process does not know")).length).toBeGreaterThan(3);
  expect(screen.getAllByText(/does not know the lag/)).toHaveLength(2);
  expect(screen.getByText("This process keeps no files.")).toBeTruthy();
  const checks = screen.getAllByText(/refuses events|^answers$/).map((each) => each.textContent);
  expect(checks).toEqual(["refuses events", "answers"]);
});

it("reads each point of a chart by the arrow keys", async () => {
  openPage(Pipeline, "", (path) => (path.startsWith("/api/v1/pipeline") ? state : {}));
  const chart = await screen.findByRole("slider", { name: /Events a second/ });
  expect(chart.getAttribute("aria-valuetext")).toContain("Accepted 4, Stored 4");
  chart.focus();
  await userEvent.keyboard("{ArrowLeft}");
  expect(chart.getAttribute("aria-valuetext")).toContain("Accepted 2, Stored 2, Discarded 0.5");
});

it("asks for samples only with a key, which it asks for", async () => {
  const page = openPage(Pipeline, "", (path) => (path.startsWith("/api/v1/pipeline") ? state : {}));
  expect(await screen.findByLabelText("Read key")).toBeTruthy();
  await userEvent.click(screen.getByRole("tab", { name: "Rejected" }));
  expect(await screen.findByLabelText("Admin key")).toBeTruthy();
  expect(screen.getByText("name_missing")).toBeTruthy();
  expect(page.search()).toBe("?lost=rejected");
  expect(page.asked.every(({ path }) => path.startsWith("/api/v1/pipeline"))).toBe(true);
});

it("shows samples as text to the owner", async () => {
  const rejects = {
    kept: true,
    rejects: [
      {
        at: "2026-11-20T10:00:00Z",
        code: "name_missing",
        field: "name",
        message: "the event has no name",
        sample: '{"url":"<img src=x onerror=alert(1)>"}',
      },
    ],
  };
  openPage(
    Pipeline,
    "?lost=rejected",
    (path) => (path.includes("/rejects") ? rejects : path.includes("/pipeline") ? state : {}),
    { access: "admin" },
  );
  expect(await screen.findByText('{"url":"<img src=x onerror=alert(1)>"}')).toBeTruthy();
  expect(document.querySelector("[onerror]")).toBeNull();
});

it("keeps what it knew when the server goes away, and says so", async () => {
  let away = false;
  openPage(Pipeline, "", () => (away ? new Response("", { status: 502 }) : state));
  await screen.findByText(/^As of/);
  away = true;
  await waitFor(() => expect(screen.getByText(/The server does not answer; as of/)).toBeTruthy(), {
    timeout: 8_000,
  });
  expect(screen.getByText("refuses events")).toBeTruthy();
});
