import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { Analytics } from "@segment/analytics-node";
import { MET, only, suite } from "../support/suite.mjs";

const require = createRequire(import.meta.url);
const RudderAnalytics = require("@rudderstack/rudder-sdk-node");
const { jitsuAnalytics } = require("@jitsu/js");

const parts = suite({
  sites: [
    "node",
    "node-refused",
    "node-lost",
    "keyed",
    "web",
    "web-refused",
    "web-lost",
    "rudder",
    "jitsu",
    "jitsu-web",
  ],
  browser: true,
  isEvent: (url) => !url.includes("/settings"),
});

function client(writeKey) {
  const analytics = new Analytics({
    writeKey,
    host: parts.proxy.url,
    flushAt: 3,
    flushInterval: 50,
  });
  analytics.errors = [];
  analytics.on("error", (error) => analytics.errors.push(error));
  return analytics;
}

function sendThree(analytics) {
  const context = { page: { url: "https://shop.test/cart", title: "Cart" } };
  analytics.page({ anonymousId: "a1", name: "Cart", properties: context.page });
  analytics.track({
    userId: "u1",
    event: "Order Completed",
    properties: { total: 30, currency: "EUR", coupon: "may" },
    context,
  });
  analytics.identify({ userId: "u1", anonymousId: "a1", traits: { plan: "pro" } });
}

async function expectThree(site) {
  const events = await parts.server.events(site, 3);
  assert.equal(only(events, "pageview").page_url, "/cart");
  const order = only(events, "Order Completed");
  assert.deepEqual([order.user_id, order.metadata.coupon], ["u1", "may"]);
  assert.deepEqual(only(events, "identify").metadata, { plan: "pro" });
  const { views, events: total } = await parts.server.totals(site);
  assert.deepEqual([views, total], [1, 3]);
}

test("@segment/analytics-node: page, track, identify", async () => {
  parts.meet();
  const analytics = client("node");
  sendThree(analytics);
  await analytics.closeAndFlush();
  assert.deepEqual(analytics.errors, []);
  await expectThree("node");
});

test("@segment/analytics-node: refused once, its retry counts once", async () => {
  parts.meet("refuse");
  const analytics = client("node-refused");
  sendThree(analytics);
  await analytics.closeAndFlush();
  assert.deepEqual(
    parts.proxy.sent.map(({ status }) => status),
    [503, 200],
  );
  await expectThree("node-refused");
});

test("@segment/analytics-node: answer lost, its retry counts once", async () => {
  parts.meet("lose");
  const before = await parts.duplicates();
  const analytics = client("node-lost");
  sendThree(analytics);
  await analytics.closeAndFlush();
  assert.deepEqual(
    parts.proxy.sent.map(({ status }) => status),
    [200, 200],
  );
  await parts.duplicated(before, 3);
  await expectThree("node-lost");
});

test("@segment/analytics-node: a key opens its site, an unknown one is an error", async () => {
  parts.meet();
  const keyed = client(parts.server.keys.keyed);
  keyed.track({ userId: "u1", event: "With a key" });
  await keyed.closeAndFlush();
  only(await parts.server.events("keyed", 1), "With a key");
  const unknown = client("no-such-site");
  unknown.track({ userId: "u1", event: "Lost" });
  await unknown.closeAndFlush();
  assert.equal(unknown.errors.length, 1);
  assert.deepEqual(
    parts.proxy.sent.map(({ status }) => status),
    [200, 401],
  );
});

async function open(writeKey) {
  const page = await parts.browser.open(
    "segment.js",
    { writeKey, cdnURL: parts.stats() },
    "/pricing?utm_source=news",
  );
  await page.evaluate(() => window.analytics.ready());
  return page;
}

test("@segment/analytics-next: page, track, identify", async () => {
  parts.meet();
  const page = await open("web");
  await page.evaluate(() => window.analytics.page("Pricing"));
  await page.evaluate(() =>
    window.analytics.track("Bought", { plan: "pro", revenue: 5, currency: "EUR" }),
  );
  await page.evaluate(() => window.analytics.identify("u1", { plan: "pro" }));
  await page.evaluate(() => window.analytics.track("Afterwards"));
  const events = await parts.server.events("web", 4);
  const view = only(events, "pageview");
  assert.deepEqual([view.page_url, view.metadata.name], ["/pricing", "Pricing"]);
  assert.equal(only(events, "Bought").metadata.plan, "pro");
  assert.equal(only(events, "identify").user_id, "u1");
  assert.equal(only(events, "Afterwards").user_id, "u1");
  assert.ok(
    parts.proxy.sent.every(({ url }) => url.startsWith("/v1/")),
    "it sends to this server alone",
  );
  assert.deepEqual(page.complaints, []);
});

for (const [fault, site, statuses] of [
  ["refuse", "web-refused", [503, 200]],
  ["lose", "web-lost", [200, 200]],
]) {
  test(`@segment/analytics-next: ${MET[fault]}, its retry counts once`, async () => {
    const page = await open(site);
    const before = await parts.duplicates();
    parts.meet(fault);
    await page.evaluate(() => window.analytics.track("Bought"));
    await parts.answered(2);
    assert.deepEqual(
      parts.proxy.sent.map(({ status }) => status),
      statuses,
    );
    if (fault === "lose") await parts.duplicated(before, 1);
    only(await parts.server.events(site, 1), "Bought");
  });
}

test("@rudderstack/rudder-sdk-node: page, track; refused once, and counted once", async () => {
  parts.meet("refuse");
  const rudder = new RudderAnalytics("rudder", {
    dataPlaneUrl: parts.proxy.url,
    flushAt: 2,
    logLevel: "error",
  });
  rudder.page({ anonymousId: "a1", name: "Home", properties: { url: "https://shop.test/" } });
  rudder.track({ userId: "u1", event: "Bought", properties: { plan: "pro" } });
  const events = await parts.server.events("rudder", 2);
  assert.equal(only(events, "pageview").page_url, "/");
  assert.deepEqual(only(events, "Bought").metadata, { plan: "pro" });
  assert.ok(
    parts.proxy.sent.some(({ status }) => status === 503),
    "it was refused",
  );
});

test("@jitsu/js: on a server with a key, and in a page", async () => {
  parts.meet();
  const jitsu = jitsuAnalytics({
    host: parts.proxy.url,
    writeKey: `jitsu:${parts.server.keys.jitsu}`,
  });
  await jitsu.track("Bought", { plan: "pro" });
  assert.deepEqual(only(await parts.server.events("jitsu", 1), "Bought").metadata, { plan: "pro" });
  const page = await parts.browser.open(
    "jitsu.js",
    { writeKey: "jitsu-web", host: parts.stats() },
    "/pricing",
  );
  await page.evaluate(() => window.jitsu.page());
  await page.evaluate(() => window.jitsu.track("Bought", { plan: "pro" }));
  await page.evaluate(() => window.jitsu.identify("u1", { plan: "pro" }));
  const events = await parts.server.events("jitsu-web", 3);
  assert.equal(only(events, "pageview").page_url, "/pricing");
  assert.equal(only(events, "identify").user_id, "u1");
});
