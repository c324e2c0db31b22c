// The real server: a process of the binary under test, on files of its own.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const millrace = resolve(
  process.env.MILLRACE ?? new URL("../../target/debug/millrace", import.meta.url).pathname,
);

/** Starts a server with these public sites, and a write key of each. */
export async function startServer(sites) {
  const dir = mkdtempSync(join(tmpdir(), "millrace-clients-"));
  const keys = {};
  for (const site of sites) {
    run("site", "add", site, "--public", "--data-dir", dir);
    // Before the server starts: a running one may take two seconds to see it.
    keys[site] = run("key", "add", "--site", site, "--data-dir", dir).match(/mr_w_\S+/)[0];
  }
  const child = spawn(millrace, ["serve", "--data-dir", dir, "--listen", "127.0.0.1:0"], {
    env: { ...process.env, MILLRACE__LOG__FORMAT: "text", MILLRACE__CACHE__URL: "none:" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stdout.on("data", (text) => (log += text));
  child.stderr.on("data", (text) => (log += text));
  const ended = new Promise((done) => child.once("exit", done));
  const url = await until(
    () => log.match(/listening on (http:\/\/[0-9.:]+)/)?.[1],
    "the server to listen",
    () => log,
  );
  await until(
    async () => (await fetch(`${url}/readyz`)).ok,
    "the server to be ready",
    () => log,
  );
  return {
    url,
    keys,
    async stop() {
      child.kill("SIGTERM");
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
    ...counted(url),
  };
}

/** What was counted, as people read it. */
function counted(url) {
  const json = async (path) => {
    const answer = await fetch(url + path);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const recent = async (site) => (await json(`/analytics/recent?site_id=${site}&limit=100`)).events;
  return {
    json,
    recent,
    /** The events of a site once there are `count`, oldest first. More than that is a wrong count. */
    async events(site, count) {
      const found = async () => ((await recent(site)).length >= count ? recent(site) : null);
      const events = await until(found, `${count} events of ${site}`, async () =>
        JSON.stringify(await recent(site)),
      );
      if (events.length !== count) {
        throw new Error(`${site} has ${events.length} events, not ${count}: ${names(events)}`);
      }
      return events.toReversed();
    },
    /** A figure of Prometheus by its name and labels. */
    async figure(name) {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(
        text
          .split("\n")
          .find((line) => line.startsWith(`${name} `))
          ?.split(" ")
          .at(-1) ?? 0,
      );
    },
    /** `/stats` and `/metrics/summary` of a site, in short. */
    async totals(site) {
      const stats = await json(`/stats?site_id=${site}`);
      const { last_hour } = await json(`/metrics/summary?site_id=${site}`);
      return {
        views: stats.total_views,
        users: stats.unique_users,
        events: last_hour.total_events,
      };
    },
  };
}

export const names = (events) => events.map((event) => event.event_type).join(" ");

/** Waits for what `ask` finds, up to half a minute. */
export async function until(ask, what, explain = () => "") {
  const end = Date.now() + 30_000;
  for (;;) {
    const found = await Promise.resolve()
      .then(ask)
      .catch(() => null);
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}: ${await explain()}`);
    await sleep(50);
  }
}

function run(...words) {
  const { status, stdout, stderr } = spawnSync(millrace, words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`millrace ${words.join(" ")}: ${stderr}`);
  return stdout + stderr;
}
