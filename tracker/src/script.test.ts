// The built script: its size, and what it reads from its tag. What it counts is tested in a browser.

import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const script = readFileSync(`${import.meta.dirname}/../dist/script.js`, "utf8");

interface Sent {
  url: string;
  body: { events: Record<string, unknown>[] };
}
let sent: Sent[];

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  vi.stubGlobal("fetch", (url: string, { body }: { body: string }) => {
    sent.push({ url, body: JSON.parse(body) as Sent["body"] });
    return new Promise(() => undefined);
  });
});
afterEach(() => {
  vi.useRealTimers();
  document.head.innerHTML = "";
  Reflect.deleteProperty(window, "millrace");
});

/** Runs the script as a page with this tag does. */
function run(tag: string, wrap = (code: string) => code) {
  document.head.innerHTML = tag;
  runInThisContext(wrap(script));
  vi.advanceTimersByTime(250);
}

test("at most 3 KB, compressed", () => {
  expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(3000);
});

test.each([
  [`src="https://stats.test/script.js"`, "https://stats.test/api/events"],
  [`src="https://shop.test/js/script.js?v=1"`, "https://shop.test/js/api/events"],
  [`src="https://stats.test/script.js" data-api="https://in.test/e"`, "https://in.test/e"],
  [`src="https://stats.test/script.js" data-api="/e"`, `${location.origin}/e`],
])("where events go: %s", (attributes, url) => {
  run(`<script type="text/plain" data-local data-site="demo" ${attributes}></script>`);
  expect(sent.map((request) => request.url)).toEqual([url]);
  expect(sent[0]?.body.events[0]).toMatchObject({ site_id: "demo", name: "pageview" });
});

test("the user of the tag, an empty one being nobody", () => {
  const tag = `type="text/plain" data-local data-site="demo" src="https://stats.test/script.js"`;
  run(`<script ${tag} data-user="ada"></script>`);
  expect(sent[0]?.body.events[0]).toHaveProperty("user_id", "ada");
  Reflect.deleteProperty(window, "millrace");
  run(`<script ${tag} data-user=""></script>`);
  expect(sent[1]?.body.events[0]).not.toHaveProperty("user_id");
});

test("a site's own script knows its site and where to send", () => {
  const tag = `<script type="text/plain" data-local src="https://shop.test/m/x7.js" data-site></script>`;
  run(
    tag.replace("data-site", `data-site="other"`),
    (code) => `(function(MILLRACE){${code}})({"site":"own","api":"./e"});`,
  );
  expect(sent.map(({ url }) => url)).toEqual(["https://shop.test/m/e"]);
  expect(sent[0]?.body.events[0]).toHaveProperty("site_id", "other");
});

test("elements of the page with the names that the script looks for", () => {
  document.body.innerHTML = `<form id=millrace><input name=identify><input name=q></form>
    <a id=MILLRACE></a><a id=MILLRACE name=api href="https://evil.test/e"></a>`;
  const image = document.createElement("img");
  image.src = "https://evil.test/script.js";
  Object.defineProperty(document, "currentScript", { configurable: true, get: () => image });
  run(
    `<script type="text/plain" data-local data-site="demo" src="https://stats.test/script.js"></script>`,
  );
  Reflect.deleteProperty(document, "currentScript");
  document.body.innerHTML = "";
  expect(sent.map(({ url }) => url)).toEqual(["https://stats.test/api/events"]);
});

test("extras are loaded from beside the script, with its nonce", () => {
  run(
    `<script type="text/plain" data-local data-site="demo" data-clicks data-vitals="false" nonce="n" src="https://stats.js.test/a/script.js?v=1"></script>`,
  );
  const [, extra, ...others] = document.scripts;
  expect(extra?.src).toBe("https://stats.js.test/a/script.clicks.js?v=1");
  expect(extra?.nonce).toBe("n");
  expect(others).toEqual([]);
});
