// The example for servers, as it is in the README, against the real server.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { startMillrace } from "./millrace.mjs";
import { startProxy } from "./stage.mjs";

test("events of a server, sent again with the same id, count once", async () => {
  const millrace = await startMillrace(["demo"]);
  const proxy = await startProxy(millrace.port);
  try {
    const key = millrace.run("key", "add", "--site", "demo", "--kind", "write");
    const [secret] = /\bmr[\w-]{20,}/.exec(key) ?? [];
    assert.ok(secret, key);
    const behaviours = ["refuse", "lose", undefined];
    proxy.behave = () => behaviours.shift();
    const run = (MILLRACE_KEY) =>
      promisify(execFile)(process.execPath, [`${import.meta.dirname}/../examples/server.mjs`], {
        env: { ...process.env, MILLRACE_URL: `http://127.0.0.1:${proxy.port}`, MILLRACE_KEY },
      });
    const { stderr } = await run(secret);
    assert.equal(stderr, "");
    assert.deepEqual(
      proxy.seen.map(({ how }) => how),
      ["refuse", "lose", undefined],
    );
    const ids = proxy.seen.map(({ body }) => body.events[0].event_id);
    assert.equal(new Set(ids).size, 1);
    const events = await millrace.events("demo");
    assert.deepEqual(
      events.map((event) => [event.event_id, event.event_type, event.user_id, event.page_url]),
      [[ids[0], "purchase", "ada", "/checkout"]],
    );
    await assert.rejects(run("wrong"), /401/);
  } finally {
    proxy.end();
    await millrace.end();
  }
});
