// What a demo never shows: an empty site, a private one, none at all, a server that goes away. On
// the mock server, with the page as built.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { chartDrawn, launch, liveCount, watch } from "./browser.mjs";
import { startMock } from "./mock-server.mjs";

let mock;
let browser;
let page;
let seen;

before(async () => {
  mock = await startMock();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await mock?.stop();
});

beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 390, height: 844 } });
  seen = watch(page, mock.url);
});

afterEach(async () => {
  await page.close();
  assert.deepEqual(seen.foreign, []);
});

test("an empty site says how to send the first event, and fills when it comes", async () => {
  await page.goto(`${mock.url}/?site=empty`);
  const command = await page.getByLabel("Command that sends an event").textContent();
  const [, url, body] = /^curl (\S+) [^]*-d '(.*)'$/.exec(command);
  assert.equal(url, `${mock.url}/api/events`);
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body,
  });
  assert.equal(response.status, 202);
  await page.locator("[data-event-id]").first().waitFor();
  await chartDrawn(page);
  assert.equal(await page.getByText("No events yet").count(), 0);
  assert.deepEqual(seen.complaints, []);
});

test("a private site opens with its read key, which stays in the tab", async () => {
  await page.goto(`${mock.url}/?site=private`);
  await page.getByLabel("Read key").fill("wrong");
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByText("The server did not take this key: unknown key").waitFor();
  await page.getByLabel("Read key").fill("read-key");
  await page.keyboard.press("Enter");
  await liveCount(page);
  assert.ok(!page.url().includes("read-key"));
  await page.reload();
  await liveCount(page);
  assert.equal(await page.evaluate(() => JSON.stringify(localStorage)), "{}");
});

test("an unknown site is named as such", async () => {
  await page.goto(`${mock.url}/?site=nowhere`);
  await page.getByText("There is no site named “nowhere”").waitFor();
});

test("a server that goes away is said to be away, and found again", async () => {
  await page.goto(`${mock.url}/?site=demo`);
  await liveCount(page);
  await mock.pause();
  await page.getByText("The server does not answer.").waitFor();
  await page.getByText("Reconnecting").waitFor();
  await liveCount(page);
  await mock.resume();
  await page.getByText("The server does not answer.").waitFor({ state: "detached" });
  await page.getByRole("banner").getByText("Live", { exact: true }).waitFor();
});

test("nothing jumps while the reports come in", async () => {
  // Every report is held until the layout of the skeletons has been measured.
  let open;
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.route(/\/(metrics|analytics)\b/, async (route) => {
    await opened;
    await route.continue();
  });
  await page.goto(`${mock.url}/?site=demo`);
  const places = () =>
    page.evaluate(() =>
      [...document.querySelectorAll("h2")].map((heading) => {
        const { top, height } = heading.closest("section").getBoundingClientRect();
        return [heading.textContent, Math.round(top), Math.round(height)];
      }),
    );
  await page.getByRole("heading", { name: "Top pages" }).waitFor();
  const reserved = await places();
  open();
  await liveCount(page);
  await chartDrawn(page);
  await page.locator("[data-event-id]").first().waitFor();
  assert.deepEqual(await places(), reserved);
});
