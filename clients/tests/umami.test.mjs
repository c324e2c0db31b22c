import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { only, suite } from "../support/suite.mjs";

const umami = createRequire(import.meta.url)("@umami/node");

// Its ids of sites are UUIDs, and so may ours be.
const SITE = "b59e9c65-ae32-47f1-8400-119fcf4861c4";
const parts = suite({ sites: [SITE, "refused", "lost"], isEvent: (url) => url === "/api/send" });

function client(websiteId) {
  return new umami.Umami({
    websiteId,
    hostUrl: parts.proxy.url,
    userAgent: "Mozilla/5.0 (X11; Linux x86_64)",
  });
}

test("@umami/node: page views, events, identify", async () => {
  parts.meet();
  const page = {
    url: "/pricing?utm_source=news",
    hostname: "shop.test",
    title: "Prices",
    referrer: "",
  };
  const answer = await client(SITE).track(page);
  assert.equal(answer.status, 200);
  assert.deepEqual(Object.keys(await answer.json()).toSorted(), ["cache", "sessionId", "visitId"]);
  await client(SITE).track("bought", { plan: "pro" });
  await client(SITE).track({ ...page, name: "signup", id: "u1" });
  await client(SITE).identify({ team: "blue" });
  const events = await parts.server.events(SITE, 4);
  assert.equal(only(events, "pageview").page_url, "/pricing");
  assert.deepEqual(only(events, "bought").metadata, { plan: "pro" });
  assert.equal(only(events, "signup").user_id, "u1");
  assert.deepEqual(only(events, "identify").metadata, { team: "blue" });
  const { views, events: total } = await parts.server.totals(SITE);
  assert.deepEqual([views, total], [1, 4]);
});

test("an unknown site is a bad request", async () => {
  assert.equal((await client("no-such-site").track("bought")).status, 400);
});

test("its client does not send again: a refused event is lost, one whose answer is lost counts once", async () => {
  parts.meet("refuse");
  assert.equal((await client("refused").track("bought")).status, 503);
  parts.meet("lose");
  await assert.rejects(client("lost").track("bought"));
  assert.equal(parts.proxy.sent.length, 1);
  await parts.server.events("lost", 1);
  assert.equal((await parts.server.recent("refused")).length, 0);
});
