import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { only, suite } from "../support/suite.mjs";

const parts = suite({
  sites: ["web", "older", "refused", "lost"],
  browser: true,
  isEvent: (url) => url === "/api/event",
});

test("@plausible-analytics/tracker: page views, events, tagged links, engagement", async () => {
  const { server, browser } = parts;
  const endpoint = `${parts.stats()}/api/event`;
  const page = await browser.open(
    "plausible.js",
    { domain: "web", endpoint },
    "/pricing?utm_source=news",
  );
  const options = { props: { plan: "pro" }, revenue: { amount: 9.9, currency: "EUR" } };
  assert.equal(await page.evaluate((given) => window.track("Purchase", given), options), 202);
  await page.click("#signup");
  await page.mouse.wheel(0, 2000);
  await page.waitForFunction(() => window.scrollY > 500);
  await page.evaluate(() => history.pushState({}, "", "/checkout"));
  await server.events("web", 5);
  await page.goto("about:blank");
  const events = await server.events("web", 6);
  const views = events.filter((event) => event.event_type === "pageview");
  assert.deepEqual(views.map((event) => event.page_url).toSorted(), ["/checkout", "/pricing"]);
  assert.deepEqual(only(events, "Purchase").metadata, { plan: "pro" });
  const { url, ...tagged } = only(events, "Signup").metadata;
  assert.deepEqual(tagged, { plan: "pro" });
  assert.match(url, /#top$/);
  // One when the route changed, one when the page was left.
  assert.equal(events.filter((event) => event.event_type === "engagement").length, 2);
  assert.deepEqual(await server.totals("web"), { views: 2, users: 1, events: 6 });
  assert.deepEqual(page.complaints, []);
});

test("plausible-tracker: page views and events", async () => {
  const { server, browser } = parts;
  await browser.open("plausible-tracker.js", { domain: "older", apiHost: parts.stats() }, "/older");
  const events = await server.events("older", 2);
  assert.equal(only(events, "pageview").page_url, "/older");
  assert.deepEqual(only(events, "Signup").metadata, { plan: "pro" });
});

test("its client does not send again: a refused event is lost, one whose answer is lost counts once", async () => {
  const { server, browser } = parts;
  const endpoint = `${parts.stats()}/api/event`;
  for (const [domain, fault, counted] of [
    ["refused", "refuse", 1],
    ["lost", "lose", 2],
  ]) {
    parts.meet();
    const page = await browser.open("plausible.js", { domain, endpoint });
    await server.events(domain, 1);
    parts.meet(fault);
    const status = await page.evaluate(() => window.track("Purchase"));
    assert.equal(status, fault === "refuse" ? 503 : null);
    await sleep(2_000);
    assert.equal(parts.proxy.sent.length, 1, "it tried again");
    assert.equal((await server.events(domain, counted)).length, counted);
  }
});
