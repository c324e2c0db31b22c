// Numbers that are known in advance, and what changes while one looks.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { startMillrace, until } from "../../tracker/e2e/millrace.mjs";
import { chartDrawn, launch, settled, watch } from "./browser.mjs";
import { EVENTS, HOSTILE, PERIOD, post, SITE, ZONE } from "./known.mjs";

let millrace;
let browser;
let page;
let seen;
let away = false;

before(async () => {
  millrace = await startMillrace([
    [SITE, "--public", "--timezone", ZONE],
    ["private"],
    ["fresh", "--public"],
  ]);
  await post(millrace, EVENTS);
  await until("the events", async () => {
    const { total_views: views } = await millrace.ask(`/stats?site_id=${SITE}`);
    return views === 6;
  });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await millrace?.end();
});

beforeEach(async () => {
  await millrace.start();
  away = false;
  // A reader on the other side of the world: days are the site's all the same.
  page = await browser.newPage({
    viewport: { width: 1280, height: 900 },
    locale: "en-GB",
    timezoneId: "America/Los_Angeles",
  });
  seen = watch(page, millrace.url());
});

afterEach(async () => {
  await page.close();
  // A server that is away is told on the console by the browser itself.
  if (!away) assert.deepEqual(seen.complaints, []);
  assert.deepEqual(seen.foreign, []);
});

async function open(path = "", site = SITE) {
  await page.goto(`${millrace.url()}/sites/${site}${path}`);
  await settled(page);
}

/** What a figure of the strip says: `3`, `50%`. */
async function figure(name) {
  const button = page.getByRole("list", { name: "Figures" }).getByRole("button", { name });
  return (await button.getAttribute("title")).replace(/^[^:]+: /, "");
}

const figures = async () =>
  Object.fromEntries(
    await Promise.all(
      ["Visitors", "Visits", "Pageviews", "Bounce rate", "Visit duration"].map(async (name) => [
        name,
        await figure(name),
      ]),
    ),
  );

const panel = (name) => page.getByRole("region", { name, exact: true });
const row = (within, text) => panel(within).getByRole("listitem").filter({ hasText: text });

describe("known events", () => {
  test("are counted on the overview", async () => {
    await open(`?${PERIOD}`);
    assert.deepEqual(await figures(), {
      Visitors: "3 visitors",
      Visits: "4 visits",
      Pageviews: "6 pageviews",
      "Bounce rate": "50%",
      "Visit duration": "1m 30s",
    });
    await row("Pages", "/pricing").getByText("2", { exact: true }).first().waitFor();
    await row("Sources", "Google").waitFor();
    await row("Sources", "Hacker News").waitFor();
  });

  test("lie on the site's days, wherever the reader is", async () => {
    await open(`?${PERIOD}`);
    await chartDrawn(page);
    const chart = page.locator("[data-chart]");
    await chart.focus();
    await page.keyboard.press("Home");
    const days = [];
    for (let day = 0; day < 5; day += 1) {
      days.push(await chart.getAttribute("aria-valuetext"));
      await page.keyboard.press("ArrowRight");
      await page.waitForTimeout(50);
    }
    assert.deepEqual(days, [
      "Sun 1 Mar: 0 visitors",
      "Mon 2 Mar: 2 visitors",
      "Tue 3 Mar: 1 visitor",
      "Wed 4 Mar: 1 visitor",
      "Thu 5 Mar: 0 visitors",
    ]);
  });

  test("a day is looked at closer with Enter, and one steps on from it", async () => {
    await open(`?${PERIOD}`);
    await chartDrawn(page);
    await page.locator("[data-chart]").focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.waitForURL(/from=2026-03-02&to=2026-03-02/);
    await settled(page);
    assert.equal(await figure("Visitors"), "2 visitors");
    await page.getByRole("button", { name: "The period after" }).click();
    await page.waitForURL(/from=2026-03-03&to=2026-03-03/);
    await settled(page);
    assert.equal(await figure("Visitors"), "1 visitor");
  });

  test("a row that is pressed is a filter, and another holds beside it", async () => {
    await open(`?${PERIOD}`);
    await row("Sources", "Google").getByRole("button").click();
    await page.waitForURL(/f=is,visit:source,Google/);
    await settled(page);
    assert.equal(await figure("Visitors"), "1 visitor");
    assert.equal(await figure("Pageviews"), "2 pageviews");
    await row("Pages", "/pricing").getByRole("button").click();
    await page.waitForURL(/f=is,event:page/);
    await settled(page);
    assert.equal(await figure("Pageviews"), "1 pageview");
    await page.goBack();
    await settled(page);
    assert.equal(await figure("Pageviews"), "2 pageviews");
    await page.keyboard.press("Escape");
    await page.waitForURL((url) => !url.search.includes("f="));
    await settled(page);
    assert.equal(await figure("Visitors"), "3 visitors");
  });

  test("is not and contains, as a link has them", async () => {
    await open(`?${PERIOD}&f=is_not,visit:source,Google`);
    assert.equal(await figure("Visits"), "3 visits");
    await open(`?${PERIOD}&f=contains,event:page,pric`);
    assert.equal(await figure("Pageviews"), "2 pageviews");
    await page.getByText("Page contains pric").first().waitFor();
  });

  test("are compared with the period before, and with none", async () => {
    await open("?from=2026-03-03&to=2026-03-03");
    // One visitor after two: half as many.
    await page.getByRole("list", { name: "Figures" }).getByText("down 50%").first().waitFor();
    await page.keyboard.press("x");
    await page.waitForURL(/compare=none/);
    await settled(page);
    assert.equal(await page.getByRole("list", { name: "Figures" }).getByText("down").count(), 0);
  });

  test("what a visitor sent is shown as text, and none of it runs", async () => {
    for (const path of [`/events?${PERIOD}&event=note&show=samples`, `/sessions?${PERIOD}`]) {
      await open(path);
      if (path.startsWith("/sessions")) {
        await page.getByRole("main").getByText("/blog").first().click();
      }
      await page.getByText(HOSTILE).first().waitFor();
      assert.equal(await page.locator("main img, dialog img").count(), 0);
      assert.equal(await page.locator('a[href^="javascript:"]').count(), 0);
      assert.equal(await page.evaluate(() => globalThis.ran), undefined);
    }
  });

  test("have their sessions, funnel and retention", async () => {
    await open(`/sessions?${PERIOD}`);
    await page.getByText("/blog").first().waitFor();
    await open(`/retention?${PERIOD}`);
    await page.getByRole("main").getByRole("table").first().waitFor();
  });
});

/** An event of this moment. */
const now = (name, number, more = {}) => ({
  site_id: SITE,
  name,
  url: "https://shop.test/now",
  anonymous_id: `now-${number}`,
  ...more,
});
const currentVisitors = async () =>
  Number((await page.getByTestId("current-visitors").textContent()).replaceAll(/\D/g, ""));

describe("while one looks", () => {
  test("a visitor who comes is counted within two seconds", async () => {
    await open("?period=day");
    await page.locator("[data-live='live']").waitFor();
    const earlier = await currentVisitors();
    const pageviews = Number((await figure("Pageviews")).replaceAll(/\D/g, ""));
    await post(millrace, [now("pageview", Date.now())]);
    const sent = Date.now();
    await page.waitForFunction(
      (known) =>
        Number(
          document
            .querySelector("[data-testid='current-visitors']")
            .textContent.replaceAll(/\D/g, ""),
        ) > known,
      earlier,
      { timeout: 2_000 },
    );
    assert.ok(Date.now() - sent < 2_000);
    // And the reports follow by themselves.
    await until("the reports", async () => {
      const shown = Number((await figure("Pageviews")).replaceAll(/\D/g, ""));
      return shown === pageviews + 1;
    });
  });

  test("an event is a row of the stream", async () => {
    await open("/live");
    await page.locator("[data-live='live']").waitFor();
    const name = `look_${Date.now()}`;
    await post(millrace, [now(name, 1, { properties: { note: HOSTILE } })]);
    await page.locator(`[data-event-name="${name}"]`).waitFor({ timeout: 2_000 });
    assert.equal(await page.locator("main img").count(), 0);
  });

  test("nothing is missed and nothing comes twice when the server starts anew", async () => {
    away = true;
    await open("/live");
    await page.locator("[data-live='live']").waitFor();
    const names = ["first", "second", "third"].map((name) => `${name}_${Date.now()}`);
    await post(millrace, [now(names[0], 2)]);
    await page.locator(`[data-event-name="${names[0]}"]`).waitFor();
    await millrace.stop("SIGKILL");
    await page.locator("[data-live='connecting']").waitFor();
    await millrace.start();
    await post(millrace, [now(names[1], 2)]);
    await page.locator("[data-live='live']").waitFor();
    await post(millrace, [now(names[2], 2)]);
    for (const name of names) {
      await page.locator(`[data-event-name="${name}"]`).first().waitFor();
    }
    await page.waitForTimeout(1_500);
    for (const name of names) {
      assert.equal(await page.locator(`[data-event-name="${name}"]`).count(), 1, name);
    }
  });

  test("a server that is away is said to be away, and found again", async () => {
    away = true;
    await open("?period=day");
    await millrace.stop();
    await page.reload().catch(() => undefined);
    await millrace.start();
    await open("?period=day");
    await millrace.stop();
    await page.keyboard.press("t");
    await page.getByText("The server does not answer.").first().waitFor();
    await millrace.start();
    await page.getByText("The server does not answer.").first().waitFor({ state: "detached" });
    await settled(page);
    await page.locator("[data-live='live']").waitFor();
  });
});

describe("sites and keys", () => {
  test("a site that does not exist is said not to exist", async () => {
    away = true; // a 404 is an error on the console
    await page.goto(`${millrace.url()}/sites/nobody`);
    await page.getByRole("heading", { name: "There is no site “nobody”" }).waitFor();
  });

  test("a private site asks for its key, and never puts it in the URL", async () => {
    away = true; // a 401 is an error on the console
    const secret = millrace.run("key", "add", "--site", "private", "--kind", "read").trim();
    await page.goto(`${millrace.url()}/sites/private`);
    await page.getByLabel("Read key").fill("wrong");
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByText("The server did not take this key").waitFor();
    await page.getByLabel("Read key").fill(secret);
    await page.getByRole("button", { name: "Open" }).click();
    await settled(page);
    await page.locator("[data-live='live']").waitFor();
    assert.ok(!page.url().includes(secret));
    assert.ok(!(await page.content()).includes(secret));
    await page.reload();
    await settled(page);
    // A frame would not use it.
    await page.goto(`${millrace.url()}/embed/private`);
    await page.getByText("Only a public site can be embedded.").waitFor();
  });

  test("settings say when the first event has come", async () => {
    away = true;
    const secret = millrace.run("key", "add", "--site", "fresh", "--kind", "admin").trim();
    await open("/settings?part=script", "fresh");
    await page.getByLabel("Admin key").fill(secret);
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByText(/waiting for the first event/i).waitFor();
    await post(millrace, [{ site_id: "fresh", name: "pageview", url: "/", anonymous_id: "a" }]);
    await page
      .getByText(/first event/i)
      .filter({ hasNotText: /waiting/i })
      .first()
      .waitFor();
  });
});
