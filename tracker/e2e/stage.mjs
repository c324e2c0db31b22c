// What a test stands on: the real server, a proxy before it that can misbehave, pages on hosts of their own, and
// the system's Chromium, which reaches nothing but this machine.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

/** What a person's browser would say; robots are not counted. */
const USER_AGENT =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

/**
 * Passes requests on to the server. `behave(request)` may say otherwise: "refuse" answers 503, "hang" never passes it
 * on, "lose" passes it on and cuts the answer; a number is a status to answer.
 */
export async function startProxy(port, prefix = "") {
  const proxy = { behave: () => undefined, seen: [] };
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on("error", () => {});
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const how = proxy.behave(request);
      if (request.method === "POST")
        proxy.seen.push({
          at: Date.now(),
          url: request.url,
          how,
          headers: request.headers,
          body: JSON.parse(body),
        });
      if (how === "hang") return;
      if (how === "refuse" || typeof how === "number") {
        response.writeHead(how === "refuse" ? 503 : how, {
          "Access-Control-Allow-Origin": "*",
          "Access-Control-Expose-Headers": "Retry-After",
          "Retry-After": "1",
        });
        response.end("{}");
        return;
      }
      if (!request.url.startsWith(prefix)) {
        response.writeHead(404).end();
        return;
      }
      const path = request.url.slice(prefix.length);
      const options = {
        host: "127.0.0.1",
        port: port(),
        path,
        method: request.method,
        headers: request.headers,
      };
      const onward = http.request(options, (answer) => {
        if (how === "lose") {
          answer.resume();
          answer.on("end", () => response.destroy());
          return;
        }
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      });
      onward.on("error", () => response.destroy());
      onward.end(body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  proxy.port = server.address().port;
  proxy.end = () => {
    server.closeAllConnections();
    server.close();
  };
  return proxy;
}

/** Serves pages: `pages[path]` is a text, or a function of the request that answers one, or an answer with headers. */
export async function startPages() {
  const pages = {};
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://pages.test");
    let page = pages[pathname] ?? (pathname === "/favicon.ico" ? "" : undefined);
    if (typeof page === "function") page = page(request);
    if (page === undefined) response.writeHead(404).end();
    else if (typeof page === "object") {
      response
        .writeHead(200, { "Content-Type": "text/html; charset=utf-8", ...page.headers })
        .end(page.body);
    } else response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(page);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    pages,
    port: server.address().port,
    end() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

function checkChromium() {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(`no Chromium at ${EXECUTABLE}: install it, or set CHROMIUM to its path`);
  }
}

/** Chromium, in which every host that ends in `.test` is this machine and no other is anywhere. */
export async function startBrowser() {
  checkChromium();
  const browser = await chromium.launch({
    executablePath: EXECUTABLE,
    // Playwright turns the back/forward cache off, which is under test.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
    // Of a context alone, a beacon of a page that is gone knows nothing.
    args: [...FLAGS, `--user-agent=${USER_AGENT}`],
  });
  return {
    browser,
    context: (options = {}) => browser.newContext({ userAgent: USER_AGENT, ...options }),
    end: () => browser.close(),
  };
}

/** The same without anybody who steers it: whoever does turns prerendering off. */
export function startUnattendedBrowser(url) {
  checkChromium();
  const profile = mkdtempSync(join(tmpdir(), "millrace-tracker-profile-"));
  const flags = [...FLAGS, `--user-agent=${USER_AGENT}`, `--user-data-dir=${profile}`];
  // A process group of its own, since a browser is many processes.
  const child = spawn(EXECUTABLE, [...flags, url], { stdio: "ignore", detached: true });
  return async function end() {
    process.kill(0 - child.pid, "SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
}
