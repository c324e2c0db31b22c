// What a site's owner does in the dashboard, with an admin key, against the real server; and what
// others see of it.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { startMillrace, until } from "../../tracker/e2e/millrace.mjs";
import { accessible, chartDrawn, launch, overhang, settled, watch } from "./browser.mjs";
import { EVENTS, PERIOD, post, SITE, ZONE } from "./known.mjs";

let millrace;
let browser;
let context;
let page;
let seen;
let secret;
let refused = false;

before(async () => {
  millrace = await startMillrace([[SITE, "--public", "--timezone", ZONE]]);
  secret = millrace.run("key", "add", "--site", SITE, "--kind", "admin").trim();
  await post(millrace, EVENTS);
  await until("the events", async () => {
    const { total_views: views } = await millrace.ask(`/stats?site_id=${SITE}`);
    return views === 6;
  });
  browser = await launch();
  context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: "en-GB",
    acceptDownloads: true,
  });
});

after(async () => {
  await browser?.close();
  await millrace?.end();
});

beforeEach(async () => {
  refused = false;
  page = await context.newPage();
  seen = watch(page, millrace.url());
});

afterEach(async () => {
  await page.close();
  // A refusal is told on the console by the browser itself.
  if (!refused) assert.deepEqual(seen.complaints, []);
  assert.deepEqual(seen.foreign, []);
});

async function open(path) {
  await page.goto(`${millrace.url()}/sites/${SITE}${path}`);
  await settled(page);
}

/** Opens a part of the settings with the admin key, which a tab keeps to itself. */
async function own(part) {
  await open(`/settings?part=${part}`);
  await page.getByLabel("Admin key").fill(secret);
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await page.getByRole("button", { name: "Forget the admin key" }).waitFor();
  await settled(page);
}

const figures = () => page.getByRole("list", { name: "Figures" });
const go = (name) =>
  page.getByRole("navigation", { name: "Pages" }).getByText(name, { exact: true }).click();

test("the settings have no serious accessibility violation, nor do they scroll sideways", async () => {
  await own("site");
  const parts = ["site", "script", "keys", "rules", "goals", "segments", "annotations", "schemas"];
  for (const part of parts) {
    await page.goto(`${millrace.url()}/sites/${SITE}/settings?part=${part}`);
    await settled(page);
    await page.setViewportSize({ width: 390, height: 844 });
    assert.equal(await overhang(page), 0, part);
    await page.setViewportSize({ width: 1280, height: 900 });
    await accessible(page, part);
  }
});

test("an annotation is on the chart on its day, for everybody, until it is deleted", async () => {
  await own("annotations");
  await page.getByLabel("Day").fill("2026-03-02");
  await page.getByLabel("Text").fill("Release <b>2</b>");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("“Release <b>2</b>” is added.").waitFor();

  const other = await browser.newPage({ locale: "en-GB" });
  await other.goto(`${millrace.url()}/sites/${SITE}?${PERIOD}`);
  await chartDrawn(other);
  await other.locator("[data-chart]").focus();
  await other.keyboard.press("Home");
  await other.keyboard.press("ArrowRight");
  await other.getByText("Release <b>2</b>").first().waitFor();
  await other.close();

  await page.getByRole("button", { name: "Delete the annotation Release <b>2</b>" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("is deleted.").waitFor();
});

test("a goal is added, counted, and deleted", async () => {
  await own("goals");
  await page.getByRole("button", { name: /add goal/i }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Signed up");
  await dialog.getByLabel("Event", { exact: true }).last().fill("signup");
  await dialog.getByRole("button", { name: /save|add/i }).click();
  await page.getByText("“Signed up” is saved.").waitFor();
  await open(`?${PERIOD}`);
  await page.getByRole("tab", { name: "Goals" }).click();
  await page.getByText("Signed up").first().waitFor();
  await page.getByText("33.3%").first().waitFor();
  await open("/settings?part=goals");
  await page.getByRole("button", { name: "Delete the goal Signed up" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("No goal yet.").waitFor();
});

test("filters are set in the dialog, saved as a segment, and give the same figures by its name", async () => {
  await own("site");
  await go("Overview");
  await page.goto(`${page.url().split("?")[0]}?${PERIOD}`);
  await settled(page);
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("By").selectOption("visit:source");
  await dialog.getByText("Hacker News").click();
  await dialog.getByRole("button", { name: "Apply" }).click();
  await page.waitForURL(/f=is,visit:source,Hacker/);
  await settled(page);
  await figures()
    .getByRole("button", { name: "Visitors" })
    .getByText("1", { exact: true })
    .waitFor();
  await page.getByRole("button", { name: "Segments" }).click();
  await page.getByRole("menuitem", { name: /save these filters/i }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("From Hacker News");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/segment=\d+/);
  await page.getByText("Segment: From Hacker News").waitFor();
  await settled(page);
  await figures()
    .getByRole("button", { name: "Visitors" })
    .getByText("1", { exact: true })
    .waitFor();
  assert.ok(!page.url().includes("f="));
});

test("details are searched, sorted and saved as a file that has every row", async () => {
  await open(`?${PERIOD}&detail=event:page`);
  const dialog = page.getByRole("dialog");
  const rows = dialog.getByRole("row");
  await until("the rows", async () => (await rows.count()) === 4);
  const file = page.waitForEvent("download");
  await dialog.getByRole("button", { name: /export/i }).click();
  await page
    .getByRole("menuitem", { name: /csv/i })
    .click()
    .catch(() => undefined);
  const saved = await file;
  const stream = await saved.createReadStream();
  let text = "";
  for await (const piece of stream) text += piece;
  assert.match(saved.suggestedFilename(), /\.csv$/);
  for (const path of ["/pricing", "/blog"]) assert.ok(text.includes(path), text);
  await dialog.getByRole("searchbox").fill("pric");
  await until("the row that is searched", async () => (await rows.count()) === 2);
  // Escape empties a field that is searched by, before it closes what it is in.
  await page.keyboard.press("Escape");
  await until("all rows again", async () => (await rows.count()) === 4);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.ok(!page.url().includes("detail="));
});

test("a key's secret is shown once, opens the site, and no more once it is revoked", async () => {
  await own("keys");
  await page.getByText("Read", { exact: true }).first().click();
  await page.getByRole("button", { name: "Make key" }).click();
  const made =
    (await page
      .getByLabel("The new key")
      .inputValue()
      .catch(() => null)) ??
    (await page
      .getByText(/^mr_r_/)
      .first()
      .textContent());
  assert.match(made, /^mr_r_/);
  const status = async () => {
    const response = await fetch(`${millrace.url()}/api/v1/sites/${SITE}/settings`, {
      headers: { "X-API-Key": made },
    });
    return response.status;
  };
  await until("the key", async () => (await status()) === 200);
  await page.reload();
  await settled(page);
  assert.ok(!(await page.content()).includes(made));
  await page.getByRole("button", { name: /^Revoke the read key/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke", exact: true }).click();
  await until("the end of the key", async () => (await status()) === 401);
});

test("a rule that is wrong is said at its field, and what was written stays", async () => {
  refused = true;
  await own("rules");
  const paths = page.getByLabel(/paths/i).first();
  await paths.fill("admin/**");
  await page.getByRole("button", { name: "Save" }).click();
  await page
    .getByText(/path.*\//i)
    .filter({ hasText: /begin|start|slash|\// })
    .first()
    .waitFor();
  assert.equal(await paths.inputValue(), "admin/**");
});

test("a robot's event is on the pipeline's page, with its reason and a sample", async () => {
  await own("site");
  const response = await fetch(`${millrace.url()}/api/events`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "User-Agent": "Googlebot/2.1" },
    body: JSON.stringify({ site_id: SITE, name: "pageview", url: "/robot-was-here" }),
  });
  assert.equal(response.status, 202);
  await go("Pipeline");
  await page.locator("main details summary").first().click({ timeout: 20_000 });
  await page.getByText("/robot-was-here").first().waitFor();
});
