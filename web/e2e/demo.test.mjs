// Every page on the demo's data, in the real browser against the real server: drawn, accessible,
// at any width, and quiet on the console.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { startMillrace } from "../../tracker/e2e/millrace.mjs";
import { accessible, chartDrawn, launch, overhang, settled, watch } from "./browser.mjs";

const PAGES = [
  "",
  "live",
  "events",
  "funnels",
  "retention",
  "journeys",
  "activity",
  "sessions",
  "pipeline",
  "settings",
];

let millrace;
let browser;
let page;
let seen;

before(async () => {
  millrace = await startMillrace([], { demo: true });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await millrace?.end();
});

beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: "en-GB" });
  seen = watch(page, millrace.url());
});

// Whatever a test did: nothing complained, and nothing was asked of anyone else.
afterEach(async () => {
  await page.close();
  assert.deepEqual(seen.complaints, []);
  assert.deepEqual(seen.foreign, []);
});

async function open(path, roof = "sites") {
  const response = await page.goto(
    `${millrace.url()}/${roof}/demo${path === "" ? "" : `/${path}`}`,
  );
  assert.equal(response.status(), 200);
  await settled(page);
}

const current = () => page.getByTestId("current-visitors");
const live = () => page.locator("[data-live='live']").waitFor();

for (const path of PAGES) {
  describe(path === "" ? "overview" : path, () => {
    for (const colorScheme of ["light", "dark"]) {
      test(`has no serious accessibility violation when ${colorScheme}`, async () => {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await open(path);
        await live();
        await accessible(page, `${path} ${colorScheme}`);
      });
    }

    for (const width of [320, 390, 768, 2200]) {
      test(`does not scroll sideways at ${width} pixels`, async () => {
        await page.setViewportSize({ width, height: 844 });
        await open(path);
        assert.equal(await overhang(page), 0);
      });
    }

    test("says where it is", async () => {
      await open(path);
      const link = page.getByRole("navigation", { name: "Pages" }).locator("[aria-current='page']");
      assert.equal((await link.textContent()).toLowerCase(), path || "overview");
      assert.match(await page.title(), /demo · Millrace$/);
    });
  });
}

test("the root leads to the only site", async () => {
  await page.goto(`${millrace.url()}/`);
  await page.waitForURL("**/sites/demo");
  await page.goto(`${millrace.url()}/?site=demo`);
  await page.waitForURL("**/sites/demo");
});

test("the overview draws its chart, and its figures are numbers", async () => {
  await open("");
  await live();
  await chartDrawn(page);
  assert.match(await current().textContent(), /^[1-9]\d* current visitors?$/);
});

test("follows the system's colours, and the reader's choice over them", async () => {
  await open("");
  await chartDrawn(page);
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.ok(brightness(await ground()) > 200, "light is light");
  await page.emulateMedia({ colorScheme: "dark" });
  assert.ok(brightness(await ground()) < 40, "dark is dark");
  await chartDrawn(page);
  await page.getByRole("button", { name: "Light or dark" }).click();
  await page.getByRole("menuitem", { name: "Light", exact: true }).click();
  assert.ok(brightness(await ground()) > 200, "chosen light is light");
  await page.reload();
  await settled(page);
  assert.ok(brightness(await ground()) > 200, "and stays");
});

test("the keyboard alone opens a page, a period and the list of keys", async () => {
  await open("");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "To the content" });
  assert.equal(await skip.evaluate((link) => link === document.activeElement), true);
  const retention = page.getByRole("navigation", { name: "Pages" }).getByText("Retention");
  for (let presses = 0; presses < 25; presses += 1) {
    if (await retention.evaluate((link) => link === document.activeElement)) break;
    await page.keyboard.press("Tab");
  }
  assert.equal(await retention.evaluate((link) => getComputedStyle(link).outlineStyle), "solid");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/sites/demo/retention");
  await page.keyboard.press("t");
  await page.waitForURL("**/retention?period=30d");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "detached" });
  await page.keyboard.press(",");
  await page.waitForURL(/from=\d{4}-\d{2}-\d{2}&to=/);
  await page.goBack();
  await page.waitForURL("**/retention?period=30d");
});

test("an embedded page may be framed, a whole one may not, and neither runs scripts of others", async () => {
  for (const [roof, framed] of [
    ["sites", "frame-ancestors 'none'"],
    ["embed", "frame-ancestors *"],
  ]) {
    const response = await fetch(`${millrace.url()}/${roof}/demo`);
    const policy = response.headers.get("content-security-policy");
    assert.ok(policy.includes(framed), policy);
    assert.ok(policy.includes("script-src 'self';"), policy);
  }
  await open("", "embed");
  await live();
  await chartDrawn(page);
  assert.equal(await page.getByRole("button", { name: "Share this page" }).count(), 0);
});

test("what a browser keeps for ever has its content's hash in its name, and comes compressed", async () => {
  const html = await (await fetch(`${millrace.url()}/sites/demo`)).text();
  const asset = /\/assets\/[^"]+\.js/.exec(html)[0];
  for (const encoding of ["br", "gzip"]) {
    const response = await fetch(`${millrace.url()}${asset}`, {
      headers: { "Accept-Encoding": encoding },
    });
    assert.equal(response.headers.get("content-encoding"), encoding);
    assert.match(response.headers.get("cache-control"), /immutable/);
  }
});

function brightness(colour) {
  const [red, green, blue] = colour.match(/[\d.]+/g).map(Number);
  return (red + green + blue) / 3;
}
