// Takes a picture of the page of a running server.
//
//   MILLRACE_URL=http://127.0.0.1:8080 node e2e/screenshot.mjs OUT.png [--dark] [--width N] [--height N] [--full] [--query '?site=demo']
//
// Without MILLRACE_URL it shows the page on mock data.

import { parseArgs } from "node:util";
import { chartDrawn, launch, liveCount } from "./browser.mjs";
import { startMock } from "./mock-server.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dark: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
    width: { type: "string", default: "1440" },
    height: { type: "string", default: "1000" },
    query: { type: "string", default: "?site=demo" },
  },
});
const out = positionals[0];
if (out === undefined) {
  console.error(
    "usage: node e2e/screenshot.mjs OUT.png [--dark] [--width N] [--height N] [--full] [--query Q]",
  );
  process.exit(2);
}

const mock = process.env.MILLRACE_URL ? null : await startMock();
const browser = await launch();
try {
  const page = await browser.newPage({
    viewport: { width: Number(values.width), height: Number(values.height) },
    deviceScaleFactor: 2,
    colorScheme: values.dark ? "dark" : "light",
    locale: "en-GB",
    reducedMotion: "reduce",
  });
  await page.goto(`${process.env.MILLRACE_URL ?? mock.url}/${values.query}`);
  if (values.query.includes("site=demo")) {
    await liveCount(page);
    await chartDrawn(page);
    await page.locator("[data-event-id]").first().waitFor();
  } else {
    await page.locator("h2").first().waitFor();
  }
  await page.screenshot({ path: out, fullPage: values.full });
} finally {
  await browser.close();
  await mock?.stop();
}
