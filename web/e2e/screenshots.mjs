// Takes the pictures of the README and of docs/images from the demo, light and dark:
//
//   MILLRACE_BIN=../target/release/millrace npm run screenshots [-- NAME ...]

import { fileURLToPath } from "node:url";
import { startMillrace } from "../../tracker/e2e/millrace.mjs";
import { chartDrawn, launch, settled } from "./browser.mjs";

const OUT = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const PICTURES = [
  // A month before has no history in the demo: a week has one to be compared with.
  { name: "overview", path: "?period=7d", chart: true },
  { name: "live", path: "/live", wait: 12_000 },
  { name: "events", path: "/events" },
  { name: "funnels", path: "/funnels" },
  { name: "retention", path: "/retention?period=30d" },
  { name: "journeys", path: "/journeys?period=30d" },
  { name: "activity", path: "/activity?period=30d" },
  { name: "sessions", path: "/sessions" },
  { name: "pipeline", path: "/pipeline", wait: 20_000 },
];

const wanted = process.argv.slice(2);
const isWanted = (name) => wanted.length === 0 || wanted.includes(name);

const millrace = await startMillrace([], { demo: true });
const browser = await launch();
try {
  for (const { name, path, chart = false, wait = 1_000 } of PICTURES) {
    if (!isWanted(name)) continue;
    for (const colorScheme of ["light", "dark"]) {
      const page = await browser.newPage({
        viewport: { width: 1280, height: 860 },
        colorScheme,
        locale: "en-GB",
        reducedMotion: "reduce",
      });
      await page.goto(`${millrace.url()}/sites/demo${path}`);
      await settled(page);
      if (chart) await chartDrawn(page);
      await page.locator("[data-live='live']").waitFor();
      await page.waitForTimeout(wait);
      await page.screenshot({ path: `${OUT}${name}-${colorScheme}.png` });
      await page.close();
    }
  }
  if (isWanted("phone")) {
    const page = await browser.newPage({
      viewport: { width: 390, height: 844 },
      locale: "en-GB",
      reducedMotion: "reduce",
    });
    await page.goto(`${millrace.url()}/sites/demo`);
    await settled(page);
    await chartDrawn(page);
    await page.screenshot({ path: `${OUT}phone-light.png` });
  }
} finally {
  await browser.close();
  await millrace.end();
}
