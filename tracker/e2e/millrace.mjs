// The real server on a folder of its own, for the browser tests of the script and of the dashboard.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const MILLRACE = process.env.MILLRACE_BIN;

/** Waits, up to half a minute, until `look` answers something true, and answers that. */
export async function until(what, look) {
  const start = Date.now();
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() - start > 30_000) throw new Error(`waited half a minute for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * The server on a folder of its own. A site is the id of a public one, or the arguments of `site add`; `demo` starts
 * the demo in its place, which brings a site of its own.
 */
export async function startMillrace(sites, { demo = false } = {}) {
  if (!MILLRACE) throw new Error("MILLRACE_BIN names no server: set it to the path of millrace");
  const dir = mkdtempSync(join(tmpdir(), "millrace-tracker-"));
  const run = (...args) =>
    execFileSync(MILLRACE, [...args, "--data-dir", dir], {
      stdio: ["ignore", "pipe", "inherit"],
    }).toString();
  for (const site of sites)
    run("site", "add", ...(typeof site === "string" ? [site, "--public"] : site));
  let child;
  let port = 0;
  const runs = () => child && child.exitCode === null && child.signalCode === null;
  async function start() {
    if (runs()) return;
    child = spawn(
      MILLRACE,
      [demo ? "demo" : "serve", "--listen", `127.0.0.1:${port}`, "--data-dir", dir],
      {
        env: { ...process.env, MILLRACE__CACHE__TTL_SECONDS: "0" },
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    const lines = [];
    for await (const line of createInterface(child.stderr)) {
      lines.push(line);
      port = Number(/listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? port);
      if (line.includes(demo ? "the demo has its history" : "listening on")) break;
    }
    if (child.exitCode !== null) throw new Error(`the server did not start:\n${lines.join("\n")}`);
    child.stderr.resume();
    await until(
      "the server",
      async () => (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => ({}))).ok,
    );
  }
  async function stop(signal = "SIGTERM") {
    if (!runs()) return;
    child.kill(signal);
    await once(child, "exit");
  }
  const ask = async (path) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  await start();
  // Its history is on the queue by then, and in the reports a moment later.
  if (demo) {
    await until("the demo's history", async () => {
      const { totals } = await ask("/api/v1/pipeline?site_id=demo");
      return totals.stored > 100_000 && totals.stored >= totals.accepted - 100;
    });
  }
  return {
    run,
    start,
    stop,
    ask,
    port: () => port,
    url: () => `http://127.0.0.1:${port}`,
    /** What was counted on a site, in the order in which it happened. */
    async events(site) {
      const { events } = await ask(`/analytics/recent?site_id=${site}&limit=200`);
      return events.toSorted((a, b) => a.timestamp.localeCompare(b.timestamp));
    },
    async end() {
      await stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
