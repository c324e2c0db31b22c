// Nothing lost, nothing twice: whatever becomes of the network, the server and the tab.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { startMillrace, until } from "./millrace.mjs";
import { startBrowser, startPages, startProxy } from "./stage.mjs";

const SITES = [
  "offline",
  "down",
  "closed",
  "lost",
  "paused",
  "refused",
  "leaving",
  "beacon",
  "bounded",
];

let millrace;
let proxy;
let pages;
let chromium;
let context;
let page;

before(async () => {
  millrace = await startMillrace(SITES);
  proxy = await startProxy(millrace.port);
  pages = await startPages();
  chromium = await startBrowser();
  for (const site of SITES) {
    for (const path of ["one", "two", "three"]) {
      pages.pages[`/${site}/${path}`] =
        `<!doctype html><title>${path}</title><script defer data-automation data-site="${site}" src="http://stats.test:${proxy.port}/script.js"></script>`;
    }
  }
});

after(async () => {
  await chromium?.end();
  pages?.end();
  proxy?.end();
  await millrace?.end();
});

beforeEach(async () => {
  await millrace.start();
  context = await chromium.context();
  page = await context.newPage();
  proxy.behave = () => undefined;
  proxy.seen.length = 0;
});

afterEach(() => context.close());

const address = (path) => `http://shop.test:${pages.port}${path}`;
const posts = () => proxy.seen.filter(({ url }) => url === "/api/events");
const sent = () => posts().flatMap(({ body }) => body.events);
const named = (events, name) => events.filter((event) => event.event_type === name);
const kept = () => page.evaluate(() => JSON.parse(localStorage.getItem("millrace_kept") ?? "[]"));
/** Lets a request through, or does to it what `how` says. */
const behave = (how) => (proxy.behave = (request) => (request.method === "POST" ? how : undefined));
const track = (...args) => page.evaluate((said) => window.millrace(...said), args);
const counted = (site, name, number) =>
  until(`${number} ${name} on ${site}`, async () => {
    const events = await millrace.events(site);
    return named(events, name).length >= number && events;
  });
/** A site's events have ids of their own, each once. */
function once(events) {
  const ids = events.map((event) => event.event_id);
  assert.equal(new Set(ids).size, ids.length);
}

test("offline and back: nothing is lost and nothing is double", async () => {
  await page.goto(address("/offline/one"));
  await counted("offline", "pageview", 1);
  await context.setOffline(true);
  await track("a");
  await until("the failure", async () => (await kept()).length === 1);
  await track("b");
  await page.evaluate(() => history.pushState({}, "", "/offline/route"));
  await until("the failures", async () => (await kept()).length >= 2);
  await context.setOffline(false);
  const events = await counted("offline", "b", 1);
  await counted("offline", "pageview", 2);
  await until("storage to be empty", async () => (await kept()).length === 0);
  assert.equal(named(events, "a").length, 1);
  once(await millrace.events("offline"));
});

test("the server is down, then up, across page loads", async () => {
  await page.goto(address("/down/one"));
  await counted("down", "pageview", 1);
  await millrace.stop();
  await track("a");
  await until("the failure", async () => (await kept()).length === 1);
  // The script itself comes from the browser's cache.
  await page.goto(address("/down/two"));
  await page.waitForFunction(() => window.millrace?.identify);
  await until("the failures", async () => (await kept()).length === 3);
  await track("b");
  await page.goto(address("/down/three"));
  await millrace.start();
  await counted("down", "pageview", 3);
  const events = await counted("down", "engagement", 2);
  assert.deepEqual(
    ["a", "b"].map((name) => named(events, name).length),
    [1, 1],
  );
  assert.deepEqual(
    named(events, "engagement").map((event) => event.page_url),
    ["/down/one", "/down/two"],
  );
  await until("storage to be empty", async () => (await kept()).length === 0);
  once(await millrace.events("down"));
});

test("a tab that is closed while its first request is on the way", async () => {
  behave("hang");
  await page.goto(address("/closed/one"));
  await until("the request", () => posts().length === 1);
  const ids = sent().map((event) => event.event_id);
  await page.close({ runBeforeUnload: true });
  await until("the beacon", () => posts().length === 2);
  assert.deepEqual(await millrace.events("closed"), []);
  behave(undefined);
  page = await context.newPage();
  await page.goto(address("/closed/two"));
  const events = await counted("closed", "pageview", 2);
  assert.ok(events.some((event) => event.event_id === ids[0]));
  once(events);
});

test("an answer that is lost after the server stored the events", async () => {
  behave("lose");
  await page.goto(address("/lost/one"));
  await until("the request", () => posts().length === 1);
  await until("the failure", async () => (await kept()).length === 1);
  behave(undefined);
  await until("the second attempt", () => posts().length >= 2);
  await until("storage to be empty", async () => (await kept()).length === 0);
  await track("after");
  const events = await counted("lost", "after", 1);
  const attempts = sent().filter((event) => event.name === "pageview");
  assert.ok(attempts.length >= 2);
  assert.equal(new Set(attempts.map((event) => event.event_id)).size, 1);
  assert.equal(named(events, "pageview").length, 1);
});

test("a server that asks for a pause gets it", async () => {
  behave("refuse");
  await page.goto(address("/paused/one"));
  await until("the refusal", () => posts().length === 1);
  await track("a");
  await page.evaluate(() => dispatchEvent(new Event("online")));
  behave(undefined);
  await until("the second attempt", () => posts().length >= 2);
  const [first, second] = posts().map(({ at }) => at);
  assert.ok(second - first > 900, `after ${second - first} ms`);
  const events = await counted("paused", "a", 1);
  assert.equal(named(events, "pageview").length, 1);
  for (const [status, again] of [
    [429, true],
    [408, true],
    [500, true],
    [400, false],
    [404, false],
    [413, false],
  ]) {
    proxy.seen.length = 0;
    behave(status);
    await track(`status_${status}`);
    // To a 408 a browser repeats the request by itself.
    await until(`the ${status}`, () => posts().length >= 1);
    await until("the decision", async () => (await kept()).length === (again ? 1 : 0));
    behave(undefined);
    if (again) await counted("paused", `status_${status}`, 1);
  }
  await track("last");
  const all = await counted("paused", "last", 1);
  assert.ok(
    !all.some((event) => ["status_400", "status_404", "status_413"].includes(event.event_type)),
  );
});

test("what a page sends while it is left is sent once more by the next page, and counts once", async () => {
  await page.goto(address("/leaving/one"));
  await counted("leaving", "pageview", 1);
  await page.goto(address("/leaving/two"));
  await counted("leaving", "pageview", 2);
  await counted("leaving", "engagement", 1);
  await until("storage to be empty", async () => (await kept()).length === 0);
  await page.goto(address("/leaving/three"));
  await counted("leaving", "pageview", 3);
  once(await counted("leaving", "engagement", 2));
  await until("storage to be empty", async () => (await kept()).length === 0);
  const times = (name, path) =>
    sent().filter((event) => event.name === name && event.url.endsWith(path)).length;
  assert.deepEqual(
    ["/one", "/two"].map((path) => [times("pageview", path), times("engagement", path)]),
    [
      [1, 2],
      [1, 2],
    ],
  );
});

test("a beacon that did not arrive is sent again", async () => {
  await page.goto(address("/beacon/one"));
  await counted("beacon", "pageview", 1);
  behave("hang");
  await page.goto(address("/beacon/two"));
  await until("the beacon and a page view", () => posts().length === 3);
  behave(503);
  await page.goto(address("/beacon/three"));
  const ofThree = ({ how, body }) =>
    how === 503 &&
    body.events.some(({ name, url }) => name === "pageview" && url.endsWith("/three"));
  await until("the refusal", () => posts().some(ofThree));
  behave(undefined);
  await counted("beacon", "pageview", 3);
  const events = await counted("beacon", "engagement", 2);
  assert.deepEqual(
    named(events, "engagement").map((event) => event.page_url),
    ["/beacon/one", "/beacon/two"],
  );
  once(events);
});

test("what is kept is bounded in number, size and age", async () => {
  await page.goto(address("/bounded/one"));
  await counted("bounded", "pageview", 1);
  behave("refuse");
  await page.evaluate(() => {
    for (let index = 0; index < 120; index++) window.millrace(`many_${index}`);
  });
  await until("the refusals", async () => (await kept()).length === 50);
  await page.evaluate(() => {
    for (let index = 0; index < 10; index++)
      window.millrace("large", { props: { text: "x".repeat(8000) } });
  });
  await until("the large ones", async () =>
    (await kept()).some(({ event }) => event.name === "large"),
  );
  assert.ok((await page.evaluate(() => localStorage.getItem("millrace_kept").length)) <= 32_768);
  // Nobody wants to know what happened a day ago.
  await page.evaluate(() => {
    const all = JSON.parse(localStorage.getItem("millrace_kept"));
    for (const { event } of all) event.timestamp = new Date(Date.now() - 86_500_000).toISOString();
    localStorage.setItem("millrace_kept", JSON.stringify(all));
  });
  behave(undefined);
  await counted("bounded", "large", 10);
  assert.equal(
    (await millrace.events("bounded")).filter(({ event_type }) => event_type.startsWith("many"))
      .length,
    120,
  );
});
