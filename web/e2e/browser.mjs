// The system's Chromium, with a profile of its own and nothing that calls home; and what every
// page of the dashboard is held to.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

export async function launch() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) {
    throw new Error(`no Chromium at ${executablePath}: install it, or set CHROMIUM to its path`);
  }
  return chromium.launch({
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
      // A browser that says it is headless is a robot, whose events are not counted.
      "--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36",
    ],
  });
}

/** Collects what must not happen: errors on the console, and requests to any other origin. */
export function watch(page, base) {
  const { origin, host } = new URL(base);
  const seen = { complaints: [], foreign: [] };
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) seen.complaints.push(message.text());
  });
  page.on("pageerror", (error) => seen.complaints.push(String(error)));
  page.on("request", (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (protocol.startsWith("http") && asked !== origin) seen.foreign.push(request.url());
  });
  page.on("websocket", (socket) => {
    if (new URL(socket.url()).host !== host) seen.foreign.push(socket.url());
  });
  return seen;
}

/** Resolves once nothing on the page is being loaded any more. */
export async function settled(page) {
  await page.locator("main h1").waitFor({ state: "attached" });
  await page.waitForFunction(
    () =>
      document.querySelector("main")?.childElementCount > 1 &&
      document.querySelector("main [aria-busy='true']") === null &&
      document.querySelector("main .animate-pulse") === null,
  );
}

/** Resolves once the chart's line is on the canvas: enough pixels of its own colour. */
export function chartDrawn(page) {
  return page.waitForFunction(() => {
    const canvas = document.querySelector("[data-chart] canvas");
    if (!(canvas instanceof HTMLCanvasElement) || canvas.width === 0) return false;
    // Read from a copy: reading back the page's own canvas would slow it down.
    const copy = new OffscreenCanvas(canvas.width, canvas.height);
    const context = copy.getContext("2d", { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const line = getComputedStyle(document.documentElement).getPropertyValue("--race");
    const wanted = line.match(/[\d.]+/g).map(Number);
    let painted = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] > 200 && wanted.every((part, i) => Math.abs(part - data[at + i]) < 24)) {
        painted += 1;
      }
    }
    return painted > 150;
  });
}

/** Pixels by which the page could be scrolled sideways. */
export function overhang(page) {
  return page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Fails where axe finds a serious or critical violation. */
export async function accessible(page, what) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { resultTypes: ["violations"] }),
  );
  const grave = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  assert.deepEqual(grave, [], what);
}
