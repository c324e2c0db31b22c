import assert from "node:assert/strict";
import { test } from "node:test";
import { PostHog } from "posthog-node";
import { MET, only, suite } from "../support/suite.mjs";

const parts = suite({
  sites: ["node", "node-refused", "node-lost", "web", "web-refused", "web-lost"],
  browser: true,
  isEvent: (url) => /^\/(e|batch|i\/v0\/e)\//.test(url),
});

function client(token) {
  return new PostHog(token, {
    host: parts.proxy.url,
    flushAt: 3,
    flushInterval: 50,
    fetchRetryDelay: 50,
  });
}

function sendThree(posthog) {
  posthog.capture({
    distinctId: "u1",
    event: "$pageview",
    properties: { $current_url: "https://shop.test/cart" },
  });
  posthog.capture({
    distinctId: "u1",
    event: "bought",
    properties: { plan: "pro", size: { width: 2 } },
  });
  posthog.identify({ distinctId: "u1", properties: { team: "blue" } });
}

async function expectThree(site) {
  const events = await parts.server.events(site, 3);
  assert.deepEqual(
    [only(events, "pageview").page_url, only(events, "pageview").user_id],
    ["/cart", "u1"],
  );
  const { plan, ...more } = only(events, "bought").metadata;
  assert.deepEqual([plan, more["size.width"]], ["pro", 2]);
  assert.equal(only(events, "identify").metadata.team, "blue");
  assert.deepEqual(await parts.server.totals(site), { views: 1, users: 1, events: 3 });
}

for (const [fault, site, statuses] of [
  [null, "node", [200]],
  ["refuse", "node-refused", [503, 200]],
  ["lose", "node-lost", [200, 200]],
]) {
  test(`posthog-node: ${fault ? `${MET[fault]}, its retry counts once` : "page views, events, identify"}`, async () => {
    parts.meet(fault);
    const before = await parts.duplicates();
    const posthog = client(site);
    sendThree(posthog);
    await posthog.shutdown();
    assert.deepEqual(
      parts.proxy.sent.map(({ status }) => status),
      statuses,
    );
    if (fault === "lose") await parts.duplicated(before, 3);
    await expectThree(site);
  });
}

test("posthog-js: page views, clicks, events, identify, leaving", async () => {
  parts.meet();
  const page = await parts.browser.open(
    "posthog.js",
    { token: "web", host: parts.stats() },
    "/pricing?utm_source=news",
  );
  await page.waitForFunction(() => window._POSTHOG_REMOTE_CONFIG?.web);
  await parts.server.events("web", 1);
  await page.evaluate(() => window.posthog.capture("bought", { plan: "pro", size: { width: 2 } }));
  await page.click("#buy");
  await page.evaluate(() => window.posthog.identify("u1", { team: "blue" }));
  await page.evaluate(() => window.posthog.capture("afterwards"));
  await page.mouse.wheel(0, 2000);
  await page.waitForFunction(() => window.scrollY > 500);
  await parts.server.events("web", 5);
  await page.evaluate(() => history.pushState({}, "", "/checkout"));
  await parts.server.events("web", 7);
  await page.goto("about:blank");
  const events = await parts.server.events("web", 8);
  const pages = (name) =>
    events.filter((event) => event.event_type === name).map((event) => event.page_url);
  assert.deepEqual(pages("pageview").toSorted(), ["/checkout", "/pricing"]);
  assert.deepEqual(pages("engagement").toSorted(), ["/checkout", "/pricing"]);
  const bought = only(events, "bought");
  assert.equal(bought.metadata.plan, "pro");
  assert.equal(bought.metadata["size.width"], 2);
  assert.equal(bought.user_id ?? null, null, "it is not known who that is");
  assert.equal(only(events, "identify").user_id, "u1");
  assert.equal(only(events, "identify").metadata.team, "blue");
  assert.equal(only(events, "afterwards").user_id, "u1");
  only(events, "click");
  assert.ok(
    events.every((event) => event.session_id === bought.session_id),
    "its own session",
  );
  assert.deepEqual(page.complaints, []);
});

for (const [fault, site, statuses] of [
  ["refuse", "web-refused", [503, 200]],
  ["lose", "web-lost", [200, 200]],
]) {
  test(`posthog-js: ${MET[fault]}, its retry counts once`, async () => {
    parts.meet();
    const page = await parts.browser.open("posthog.js", { token: site, host: parts.stats() });
    await parts.server.events(site, 1);
    const before = await parts.duplicates();
    parts.meet(fault);
    await page.evaluate(() => window.posthog.capture("bought", { plan: "pro" }));
    await parts.answered(2);
    assert.deepEqual(
      parts.proxy.sent.map(({ status }) => status),
      statuses,
    );
    if (fault === "lose") await parts.duplicated(before, 1);
    only(await parts.server.events(site, 2), "bought");
  });
}
