// The Python client of PostHog, in an interpreter of its own: `python/requirements.txt`, installed by `make clients`.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { MET, only, suite } from "../support/suite.mjs";

const python =
  process.env.CLIENTS_PYTHON ?? new URL("../.venv/bin/python", import.meta.url).pathname;
const script = new URL("../python/send.py", import.meta.url).pathname;
const parts = suite({
  sites: ["py", "py-refused", "py-lost"],
  isEvent: (url) => url.startsWith("/batch/"),
});

async function send(token) {
  const child = spawn(python, [script, parts.proxy.url, token], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
}

for (const [fault, site, statuses] of [
  [null, "py", [200]],
  ["refuse", "py-refused", [503, 200]],
  ["lose", "py-lost", [200, 200]],
]) {
  test(`posthog for Python: ${fault ? `${MET[fault]}, its retry counts once` : "page views, events, properties of people"}`, async () => {
    parts.meet(fault);
    const before = await parts.duplicates();
    await send(site);
    assert.deepEqual(
      parts.proxy.sent.map(({ status }) => status),
      statuses,
    );
    if (fault === "lose") await parts.duplicated(before, 3);
    const events = await parts.server.events(site, 3);
    assert.equal(only(events, "pageview").page_url, "/cart");
    assert.equal(only(events, "bought").metadata.plan, "pro");
    assert.equal(only(events, "$set").metadata.team, "blue");
    assert.deepEqual(await parts.server.totals(site), { views: 1, users: 1, events: 3 });
  });
}
