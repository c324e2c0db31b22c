// The system's Chromium, with a profile of its own and nothing that calls home.

import { existsSync } from "node:fs";
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
    const line = getComputedStyle(document.documentElement).getPropertyValue("--race").trim();
    const wanted = [1, 3, 5].map((at) => Number.parseInt(line.slice(at, at + 2), 16));
    let painted = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] > 200 && wanted.every((part, i) => Math.abs(part - data[at + i]) < 24)) {
        painted += 1;
      }
    }
    return painted > 150;
  });
}

/** Resolves once the live count is a number above zero. */
export function liveCount(page) {
  return page.waitForFunction(() => {
    const text = document.querySelector("[data-testid='visitors-now']")?.textContent ?? "";
    return Number(text.replaceAll(/\D/g, "")) > 0;
  });
}

/** Collects what must not happen: errors on the console, and requests to any other origin. */
export function watch(page, base) {
  const { origin } = new URL(base);
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
    if (new URL(socket.url()).host !== new URL(base).host) seen.foreign.push(socket.url());
  });
  return seen;
}
