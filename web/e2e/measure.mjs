// How fast the dashboard is in the browser, on the demo's data; figures, no verdicts:
//
//   MILLRACE_BIN=../target/release/millrace npm run measure
//
// - interactive: from the first byte asked for to the overview with its figures, chart and panels
//   drawn, in a fresh profile without anything kept
// - period: from the key that chooses another period to the figures and the chart of that period
// - live: from the server's 202 for an event to its row on the Live page, beside 1,000 others a
//   second

import { startMillrace } from "../../tracker/e2e/millrace.mjs";
import { chartDrawn, launch, settled } from "./browser.mjs";

const ROUNDS = 9;
const RATE = 1_000;

const millrace = await startMillrace([], { demo: true });
const browser = await launch();
const base = `${millrace.url()}/sites/demo`;

try {
  report("interactive, ms", await rounds(interactive));
  report("period, ms", await periods());
  report(`live at ${RATE} events/s, ms`, await liveDelays());
} finally {
  await browser.close();
  await millrace.end();
}

async function rounds(measure) {
  const taken = [];
  for (let round = 0; round < ROUNDS; round += 1) taken.push(await measure());
  return taken;
}

async function interactive() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const begun = performance.now();
  await page.goto(base, { waitUntil: "commit" });
  await settled(page);
  await chartDrawn(page);
  const taken = performance.now() - begun;
  await context.close();
  return taken;
}

/** Each period for the first time: nothing of it is kept by page or server. */
async function periods() {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(base);
  await settled(page);
  await chartDrawn(page);
  const taken = [];
  for (const key of ["t", "f", "d", "e", "n", "m", "p", "y", "l", "w"]) {
    await page.evaluate(() => {
      globalThis.switched = new Promise((resolve) => {
        const begun = performance.now();
        const look = () => {
          // Busy from the next frame on, then at rest: every part shows the new period.
          const busy = document.querySelector("main [aria-busy='true']") !== null;
          if (busy) globalThis.wasBusy = true;
          if (!busy && (globalThis.wasBusy || performance.now() - begun > 2_000)) {
            globalThis.wasBusy = false;
            resolve(performance.now() - begun);
          } else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      });
    });
    await page.keyboard.press(key);
    taken.push(await page.evaluate(() => globalThis.switched));
    await page.waitForTimeout(300);
  }
  await page.close();
  return taken;
}

async function liveDelays() {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${base}/live`);
  await page.locator("[data-live='live']").waitFor();
  const load = new AbortController();
  const loading = (async () => {
    while (!load.signal.aborted) {
      const batch = Array.from({ length: RATE / 10 }, (_, index) => ({
        site_id: "demo",
        name: "load",
        url: `/load/${index % 7}`,
        anonymous_id: `load-${index}`,
      }));
      const next = performance.now() + 100;
      await post(batch);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
    }
  })();
  await page.waitForTimeout(5_000);
  const taken = [];
  for (let round = 0; round < 20; round += 1) {
    const name = `probe_${round}`;
    // Watched in the page itself, on its own clock: what Playwright adds is left out.
    const seen = page.evaluate(
      (wanted) =>
        new Promise((resolve) => {
          const look = () =>
            document.querySelector(`[data-event-name="${wanted}"]`) === null
              ? requestAnimationFrame(look)
              : resolve(Date.now());
          look();
        }),
      name,
    );
    await post({ site_id: "demo", name, url: "/probe", anonymous_id: "probe" });
    const acknowledged = Date.now();
    taken.push(Math.max(0, (await seen) - acknowledged));
    await page.waitForTimeout(150);
  }
  load.abort();
  await loading;
  await page.close();
  return taken;
}

async function post(body) {
  const response = await fetch(`${millrace.url()}/api/events`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
}

function report(what, taken) {
  const sorted = taken.toSorted((a, b) => a - b);
  const at = (share) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
  console.log(`${what}: median ${at(0.5)}, p95 ${at(0.95)}, most ${at(1)} (${taken.length} times)`);
}
