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
    ],
  });
}

/** Resolves once the chart's canvas has a good number of painted pixels. */
export function chartDrawn(page) {
  return page.waitForFunction(() => {
    const canvas = document.querySelector("[data-chart] canvas");
    if (!(canvas instanceof HTMLCanvasElement) || canvas.width === 0) return false;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let painted = 0;
    for (let at = 3; at < data.length; at += 4) if (data[at] > 0) painted += 1;
    return painted > 5_000;
  });
}

/** Resolves once the live count is a number above zero. */
export function liveCount(page) {
  return page.waitForFunction(() => {
    const text = document.querySelector("[data-testid='visitors-now']")?.textContent ?? "";
    return Number(text.replaceAll(/\D/g, "")) > 0;
  });
}
