// The system's Chromium, and pages with a client bundled into them. Pages are on `shop.test` and the collector on
// `stats.test`, so that the browser asks for leave as it does in the open; both are this machine.

import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { build } from "esbuild";
import { chromium } from "playwright-core";

// Robots are not counted, and by its own word a headless Chromium is one. Set for the whole browser: a context's own
// agent is not on requests that outlive their page.
const AGENT =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

export async function startBrowser() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) {
    throw new Error(`no Chromium at ${executablePath}: install it, or set CHROMIUM to its path`);
  }
  const browser = await chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // These clients leave a browser alone that is driven by a program.
      "--disable-blink-features=AutomationControlled",
      "--host-resolver-rules=MAP *.test 127.0.0.1, EXCLUDE localhost",
      `--user-agent=${AGENT}`,
    ],
  });
  const pages = await servePages();
  return {
    /** A page of `script` (a file of `pages/`) with `settings` as `window.settings`. */
    async open(script, settings, path = "/") {
      const code = await bundle(script);
      pages.script = `window.settings = ${JSON.stringify(settings)};\n${code}`;
      const context = await browser.newContext();
      const page = await context.newPage();
      page.complaints = [];
      page.on("pageerror", (error) => page.complaints.push(String(error)));
      await page.goto(`http://shop.test:${pages.port}${path}`);
      await page.bringToFront();
      return page;
    },
    async stop() {
      await browser.close();
      await pages.stop();
    },
  };
}

const bundles = new Map();
async function bundle(script) {
  if (!bundles.has(script)) {
    const entryPoints = [new URL(`../pages/${script}`, import.meta.url).pathname];
    const built = await build({
      entryPoints,
      bundle: true,
      write: false,
      format: "iife",
      logLevel: "error",
    });
    bundles.set(script, built.outputFiles[0].text);
  }
  return bundles.get(script);
}

async function servePages() {
  const served = { script: "" };
  const server = createServer((request, answer) => {
    if (request.url === "/client.js") {
      answer.writeHead(200, { "content-type": "text/javascript" });
      answer.end(served.script);
      return;
    }
    answer.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    answer.end(`<!doctype html><title>A shop</title>
<body style="height: 4000px"><button id="buy" class="primary">Buy</button>
<a class="plausible-event-name=Signup plausible-event-plan=pro" id="signup" href="#top">Sign up</a>
<script src="/client.js"></script>`);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  served.port = server.address().port;
  served.stop = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return served;
}
