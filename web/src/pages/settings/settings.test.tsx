import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { keyOf } from "../../api/key";
import { openPage, SITE } from "../../test-page";
import type { Rules } from "./rules";
import Settings from "./settings";

vi.setConfig({ testTimeout: 30_000 });

const RULES: Rules = {
  robots: "discard",
  data_centers: "discard",
  internal: { addresses: [], hostnames: [], paths: [] },
  urls: { keep_www: false, strip_trailing_slash: false, query: [], own_hosts: [] },
  script: { path: null, events_path: null },
};

const refusal = (status: number, field: string, message: string) =>
  new Response(JSON.stringify({ error: { code: "invalid", field, message } }), { status });

it("tries a key before it keeps it", async () => {
  let access = "read";
  openPage(Settings, "?part=keys", () => ({ ...SITE, access }));
  const field = await screen.findByLabelText("Admin key");
  expect(screen.getByText("Only holders of an admin key see them.")).toBeTruthy();
  await userEvent.type(field, "mr_read{Enter}");
  expect((await screen.findByRole("alert")).textContent).toContain("it is a read key");
  expect(keyOf("demo")).toBeNull();
  access = "admin";
  await userEvent.type(field, " ma_admin {Enter}");
  await waitFor(() => expect(keyOf("demo")).toBe("ma_admin"));
});

it("shows a new key's secret until the reader has it", async () => {
  const page = openPage(
    Settings,
    "?part=keys",
    (_, body) =>
      "kind" in body
        ? { id: "k9", kind: body["kind"], created_at: "", secret: "mr_once" }
        : { keys: [] },
    { access: "admin" },
  );
  await userEvent.click(await screen.findByRole("radio", { name: "Read" }));
  await userEvent.click(screen.getByRole("button", { name: "Make key" }));
  expect(await screen.findByText("mr_once")).toBeTruthy();
  expect(page.search()).toBe("?part=keys");
  await userEvent.click(screen.getByRole("button", { name: "I have it" }));
  expect(screen.queryByText("mr_once")).toBeNull();
});

it("puts what is wrong with a rule at its field, and keeps what was written", async () => {
  openPage(
    Settings,
    "?part=rules",
    (_, body) => {
      if (!("internal" in body)) return RULES;
      const message = "internal.paths: 'admin' begins with no '/': write '/admin'";
      return refusal(400, "internal.paths", message);
    },
    { access: "admin" },
  );
  const paths = await screen.findByLabelText<HTMLTextAreaElement>("Paths that do not count");
  await userEvent.type(paths, "admin");
  await userEvent.click(screen.getByRole("button", { name: "Save rules" }));
  expect(await screen.findByText("'admin' begins with no '/': write '/admin'")).toBeTruthy();
  expect(paths.getAttribute("aria-invalid")).toBe("true");
  expect(paths.value).toBe("admin");
  expect(screen.getByText("Not saved: see the field above.")).toBeTruthy();
});

it("lets a reader see, and not change", async () => {
  openPage(
    Settings,
    "?part=rules",
    () => ({ ...RULES, internal: { ...RULES.internal, paths: ["/admin/**"] } }),
    { access: "read" },
  );
  const paths = await screen.findByLabelText<HTMLTextAreaElement>("Paths that do not count");
  expect(paths.value).toBe("/admin/**");
  expect(paths.disabled).toBe(true);
  expect(screen.queryByRole("button", { name: "Save rules" })).toBeNull();
});

it("writes the script's options into the tag and the URL", async () => {
  const page = openPage(Settings, "?part=script", () => SITE);
  await userEvent.click(await screen.findByRole("checkbox", { name: /Web vitals/ }));
  expect(await screen.findByText(/<script defer data-site="demo" data-vitals src=/)).toBeTruthy();
  expect(page.search()).toBe("?part=script&with=vitals");
});

it("says when the first event has arrived", async () => {
  let first: string | null = null;
  openPage(Settings, "?part=script", () => ({ ...SITE, first_event_at: first }));
  expect(await screen.findByText("Waiting for the first event…")).toBeTruthy();
  first = "2026-11-20T10:00:00Z";
  expect(await screen.findByText("First event received.")).toBeTruthy();
});
