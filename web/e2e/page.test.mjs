// The page in a real browser. MILLRACE_URL names a running server whose site `demo` is public and
// has a live generator; without it the page runs on the mock server.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { chartDrawn, launch, liveCount, watch } from "./browser.mjs";
import { startMock } from "./mock-server.mjs";

let mock;
let browser;
let base;

before(async () => {
  mock = process.env.MILLRACE_URL ? null : await startMock();
  base = (process.env.MILLRACE_URL ?? mock.url).replace(/\/$/, "");
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await mock?.stop();
});

describe("the page of the site demo", () => {
  let page;
  let seen;

  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: "en-GB" });
    seen = watch(page, base);
  });

  // Whatever a test did: nothing complained, and nothing was asked of anyone else.
  afterEach(async () => {
    await page.close();
    assert.deepEqual(seen.complaints, []);
    assert.deepEqual(seen.foreign, []);
  });

  const open = async (query = "?site=demo") => {
    const response = await page.goto(`${base}/${query}`);
    assert.equal(response.status(), 200);
  };

  test("shows live figures and draws the chart", async () => {
    await open("");
    await liveCount(page);
    await chartDrawn(page);
    assert.equal(await page.title(), "demo · Millrace");
    await page.getByRole("banner").getByText("Live", { exact: true }).waitFor();
    await page.getByRole("region", { name: "Top pages" }).getByRole("listitem").first().waitFor();
    await page.getByRole("region", { name: "Event types" }).getByText("pageview").first().waitFor();
    await page.locator("[data-event-id]").first().waitFor();
    const buckets = Number(await page.locator("[data-chart]").getAttribute("data-chart"));
    assert.ok(buckets === 24 || buckets === 25, `a day of hours, not ${buckets}`);
  });

  test("keeps itself up to date without being touched", async () => {
    await open();
    const first = page.locator("[data-event-id]").first();
    await first.waitFor();
    const id = await first.getAttribute("data-event-id");
    await page.waitForFunction(
      (known) => document.querySelector("[data-event-id]")?.getAttribute("data-event-id") !== known,
      id,
    );
  });

  test("switches the range, and reads the chart with the arrow keys", async () => {
    await open();
    await chartDrawn(page);
    for (const [range, name] of [
      ["7d", "last 7 days"],
      ["30d", "last 30 days"],
    ]) {
      await page.getByText(range, { exact: true }).click();
      await page.getByRole("slider", { name: new RegExp(name) }).waitFor();
      await page.waitForFunction(
        () =>
          Number(document.querySelector("[data-chart]")?.dataset.chart) >= 7 &&
          !document.querySelector(".opacity-40"),
      );
      await chartDrawn(page);
      assert.equal(new URL(page.url()).searchParams.get("range"), range);
    }
    const chart = page.locator("[data-chart]");
    await chart.focus();
    await page.keyboard.press("End");
    const last = await chart.getAttribute("aria-valuetext");
    assert.match(last, /: [\d,.]+ events?, so far$/);
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction(
      (known) => document.querySelector("[data-chart]").getAttribute("aria-valuetext") !== known,
      last,
    );
    assert.match(await chart.getAttribute("aria-valuetext"), /: [\d,.]+ events?$/);
  });

  for (const kind of ["Page view", "Click", "Purchase"]) {
    test(`sends a test event and shows it within 3 seconds: ${kind}`, async () => {
      await open();
      await liveCount(page);
      await page.getByText(kind, { exact: true }).click();
      const pressed = Date.now();
      await page.getByRole("button", { name: "Send test event" }).click();
      const accepted = page.getByTestId("accepted-id");
      await accepted.waitFor({ timeout: 3_000 });
      const id = await accepted.textContent();
      assert.notEqual(id, "");
      // Found by the page's own watch, which says so; a busy generator may push the row on.
      await page
        .getByText(/in the reports after/)
        .waitFor({ timeout: 3_000 - (Date.now() - pressed) });
      const row = page.locator(`[data-event-id="${id}"]`);
      await row.waitFor({ timeout: Math.max(1, 3_000 - (Date.now() - pressed)) });
      assert.match(await row.textContent(), /\/test-event/);
      assert.match(await row.textContent(), /yours/);
    });
  }

  test("shows hostile property text as text, and runs none of it", async () => {
    const mark = `probe-${Date.now()}`;
    const hostile = `<img src=x onerror="globalThis.ran=1">${mark}`;
    await open();
    await page.locator("[data-event-id]").first().waitFor();
    // Sent again until it is seen: a busy generator may push one event past the list's end
    // between two polls.
    const row = page.locator("[data-event-id]", { hasText: mark }).first();
    const deadline = Date.now() + 20_000;
    for (;;) {
      const response = await fetch(`${base}/api/events`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
          site_id: "demo",
          name: "probe",
          url: "/probe",
          properties: { note: hostile, link: "javascript:globalThis.ran=1" },
        }),
      });
      assert.equal(response.status, 202);
      const shown = await row.waitFor({ timeout: 3_000 }).then(
        () => true,
        () => false,
      );
      if (shown) break;
      assert.ok(Date.now() < deadline, "the hostile event never showed");
    }
    assert.equal(
      await page.evaluate(
        (text) =>
          [...document.querySelectorAll("[data-event-id] dd")].some(
            (dd) => dd.textContent === text,
          ),
        hostile,
      ),
      true,
    );
    assert.equal(await page.locator("[data-event-id] img, [data-event-id] script").count(), 0);
    assert.equal(await page.locator('a[href^="javascript:"]').count(), 0);
    assert.equal(await page.evaluate(() => globalThis.ran), undefined);
  });

  for (const width of [320, 390, 768, 1024, 2200]) {
    test(`does not scroll sideways at ${width} pixels`, async () => {
      await page.setViewportSize({ width, height: 844 });
      await open();
      await liveCount(page);
      await chartDrawn(page);
      await page.locator("[data-event-id]").first().waitFor();
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(over, 0);
      const chart = await page.locator("[data-chart] canvas").boundingBox();
      assert.ok(chart.x >= 0 && chart.x + chart.width <= width, "the chart fits");
    });
  }

  test("follows the window's size and the system's colours", async () => {
    await open();
    await chartDrawn(page);
    const wide = await page.locator("[data-chart] canvas").boundingBox();
    await page.setViewportSize({ width: 700, height: 900 });
    await page.waitForFunction(
      (most) => document.querySelector("[data-chart] canvas").getBoundingClientRect().width < most,
      wide.width,
    );
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await ground();
    assert.ok(brightness(light) > 200, `light is light: ${light}`);
    assert.ok(brightness(dark) < 40, `dark is dark: ${dark}`);
    await chartDrawn(page);
  });

  test("can be used with the keyboard alone, and shows where the focus is", async () => {
    await open();
    await liveCount(page);
    const button = page.getByRole("button", { name: "Send test event" });
    for (let presses = 0; presses < 20; presses += 1) {
      await page.keyboard.press("Tab");
      if (await button.evaluate((element) => element === document.activeElement)) break;
    }
    assert.equal(
      await button.evaluate((element) => getComputedStyle(element).outlineStyle),
      "solid",
    );
    await page.keyboard.press("Enter");
    await page.getByTestId("accepted-id").waitFor();
  });
});

function brightness(colour) {
  const [red, green, blue] = colour.match(/[\d.]+/g).map(Number);
  return (red + green + blue) / 3;
}
