// What the script counts of a page, in a real browser and on the real server.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { startMillrace, until } from "./millrace.mjs";
import { startBrowser, startPages, startProxy, startUnattendedBrowser } from "./stage.mjs";

const SITES = [
  "first",
  "own",
  "spa",
  "modals",
  "clobbered",
  "hash",
  "bfcache",
  "clicks",
  "named",
  "head",
  "vitals",
  "rules",
  "dnt",
  "prerender",
  "hidden",
  "csp",
  "proxied",
  "queue",
  "background",
];

let millrace;
let proxy;
let pages;
let chromium;
let context;
let page;
let faults;

before(async () => {
  millrace = await startMillrace(SITES);
  proxy = await startProxy(millrace.port);
  pages = await startPages();
  chromium = await startBrowser();
});

after(async () => {
  await chromium?.end();
  pages?.end();
  proxy?.end();
  await millrace?.end();
});

beforeEach(async () => {
  context = await chromium.context();
  page = await context.newPage();
  faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  proxy.behave = () => undefined;
  proxy.seen.length = 0;
});

afterEach(async () => {
  await context.close();
  assert.deepEqual(faults, []);
});

const shop = (path = "/") => `http://shop.test:${pages.port}${path}`;
const stats = (path = "") => `http://stats.test:${proxy.port}${path}`;
const tag = (site, attributes = "", src = stats("/script.js")) =>
  `<script defer data-automation data-site="${site}" ${attributes} src="${src}"></script>`;
const html = (head, body = "") =>
  `<!doctype html><html><head><title>Shop</title>${head}</head><body>${body}</body></html>`;

/** What was sent of an event, as the browser sent it. */
const sent = (name) =>
  proxy.seen.flatMap(({ body }) => body.events).filter((event) => event.name === name);
const named = (events, name) => events.filter((event) => event.event_type === name);
/** Waits until a site has `number` events of a name; answers all of the site. */
const counted = (site, name, number) =>
  until(`${number} ${name} on ${site}`, async () => {
    const events = await millrace.events(site);
    return named(events, name).length >= number && events;
  });

test("a page view, and engagement when the page is left", async () => {
  pages.pages["/"] = html(tag("first"), "<p style='height:3000px'>long</p>");
  pages.pages["/next"] = html("");
  await page.goto(shop("/?utm_source=news#part"), { referer: "http://search.test/q" });
  await counted("first", "pageview", 1);
  await page.mouse.wheel(0, 1000);
  await page.waitForTimeout(1200);
  await page.goto(shop("/next"));
  const events = await counted("first", "engagement", 1);
  assert.deepEqual(
    events.map((event) => [event.event_type, event.page_url]),
    [
      ["pageview", "/"],
      ["engagement", "/"],
    ],
  );
  const [pageview] = sent("pageview");
  assert.equal(pageview.url, shop("/?utm_source=news"));
  assert.equal(pageview.referrer, "http://search.test/q");
  assert.equal(pageview.title, "Shop");
  assert.match(pageview.screen, /^\d+x\d+$/);
  assert.match(pageview.language, /^en/);
  const [engagement] = sent("engagement");
  assert.equal(engagement.interactive, false);
  assert.ok(engagement.duration >= 1 && engagement.duration < 20, `${engagement.duration} s`);
  assert.ok(
    engagement.scroll_depth > 40 && engagement.scroll_depth < 80,
    `${engagement.scroll_depth} %`,
  );
  assert.deepEqual(await context.cookies(), []);
  assert.equal((await millrace.ask("/stats?site_id=first")).total_views, 1);
});

test("a single-page application: each route is a page, a query is none", async () => {
  pages.pages["/app"] = html(tag("spa"));
  await page.goto(shop("/app"), { referer: "http://search.test/q" });
  await counted("spa", "pageview", 1);
  await page.evaluate(() => history.pushState({}, "", "/app/cart"));
  await page.evaluate(() => history.replaceState({}, "", "/app/cart?step=2"));
  await page.evaluate(() => {
    history.pushState({}, "", "/app/paid");
    document.title = "Paid";
  });
  await counted("spa", "pageview", 3);
  await page.goBack();
  const events = await counted("spa", "pageview", 4);
  assert.deepEqual(
    named(events, "pageview").map((event) => event.page_url),
    ["/app", "/app/cart", "/app/paid", "/app/cart"],
  );
  assert.deepEqual(
    sent("pageview").map(({ referrer }) => referrer),
    ["http://search.test/q", undefined, undefined, undefined],
  );
  assert.equal(sent("pageview")[2].title, "Paid");
  assert.deepEqual(
    sent("engagement").map(({ url }) => new URL(url).pathname),
    ["/app", "/app/cart", "/app/paid"],
  );
});

test("a page view of one's own, and a location that did not change", async () => {
  pages.pages["/modals"] = html(tag("modals"));
  await page.goto(shop("/modals"));
  await counted("modals", "pageview", 1);
  await page.evaluate(() => {
    window.millrace("pageview", { url: "/modal" });
    history.replaceState({ scroll: 1 }, "");
    window.millrace("after");
  });
  const events = await counted("modals", "after", 1);
  assert.deepEqual(
    named(events, "pageview").map((event) => event.page_url),
    ["/modals", "/modal"],
  );
});

test("elements whose names the script looks for are not what it looks for", async () => {
  const body = `<form id=millrace><input name=identify></form><img name=currentScript src="/x">
    <a id=MILLRACE></a><a id=MILLRACE name=api href="//other.test/"></a>`;
  pages.pages["/named-so"] = html("", body + tag("clobbered"));
  await page.goto(shop("/named-so"));
  await counted("clobbered", "pageview", 1);
});

test("routes behind a hash are pages with data-hash, anchors are none", async () => {
  pages.pages["/hash"] = html(tag("hash", "data-hash"));
  await page.goto(shop("/hash#/cart"));
  await counted("hash", "pageview", 1);
  await page.evaluate(() => (location.hash = "#/paid?utm_source=x"));
  await page.evaluate(() => (location.hash = "#top"));
  const events = await counted("hash", "pageview", 3);
  assert.deepEqual(
    named(events, "pageview").map((event) => event.page_url),
    ["/hash/cart", "/hash/paid", "/hash"],
  );
});

test("a page that comes back from the back/forward cache is seen again", async () => {
  pages.pages["/one"] = html(
    tag("bfcache") +
      `<script>addEventListener("pageshow", (e) => (window.persisted = e.persisted))</script>`,
  );
  pages.pages["/two"] = html("", "two");
  await page.goto(shop("/one"));
  await counted("bfcache", "pageview", 1);
  await page.goto(shop("/two"));
  await page.waitForTimeout(1500);
  await page.goBack({ waitUntil: "commit" });
  await until("the page", () => page.evaluate(() => window.persisted).catch(() => false));
  const events = await counted("bfcache", "pageview", 2);
  assert.deepEqual(
    events.map((event) => event.event_type),
    ["pageview", "engagement", "pageview"],
  );
});

test("links out, files and forms", async () => {
  pages.pages["/links"] = html(
    tag("clicks"),
    `<a id=out href="http://other.test:${pages.port}/x?y=1">out</a> <a id=file href="/paper.PDF?v=1" download>file</a>
     <a id=blank target=_blank href="http://other.test:${pages.port}/blank"><b>out</b></a>
     <a id=in href="/links2">in</a> <a id=mail href="mailto:a@b.test">mail</a>
     <form id=letter action="/posted?token=secret" onsubmit="event.preventDefault()"><input name=id value=ada@example.com><button>Send</button></form>`,
  );
  pages.pages["/x"] = pages.pages["/blank"] = html("");
  pages.pages["/paper.PDF"] = { headers: { "Content-Type": "application/pdf" }, body: "x" };
  await page.goto(shop("/links"));
  await page.click("#mail");
  await page.click("#file");
  await page.click("button");
  await page.click("#blank b");
  await page.locator("#out").click();
  const events = await counted("clicks", "outbound_link", 2);
  assert.deepEqual(
    named(events, "outbound_link").map((event) => event.metadata),
    [
      { url: `http://other.test:${pages.port}/blank` },
      { url: `http://other.test:${pages.port}/x` },
    ],
  );
  assert.deepEqual(
    named(events, "file_download").map((event) => event.metadata),
    [{ url: shop("/paper.PDF") }],
  );
  assert.deepEqual(
    named(events, "form_submit").map((event) => event.metadata),
    [{ form: "letter" }],
  );
  assert.equal(sent("form_submit")[0].element, "letter");
  assert.ok(!JSON.stringify(proxy.seen).includes("ada@"));
});

test("elements that name an event, and every click with data-clicks", async () => {
  pages.pages["/named"] = html(
    tag("named", "data-clicks data-forms=false"),
    `<main><div data-mr-event=signup data-mr-plan=pro data-mr-seats=3><i id=inner>Sign up</i></div>
     <form data-mr-event=searched data-mr-in=docs onsubmit="event.preventDefault()"><input type=password value=secret><button class="go big">  Go
     now </button></form></main>`,
  );
  await page.goto(shop("/named"));
  await until("the extra", () =>
    page.evaluate(
      () =>
        performance.getEntriesByName(document.scripts[0].src.replace(".js", ".clicks.js")).length,
    ),
  );
  await page.click("#inner");
  await page.click("button");
  await page.click("input");
  const events = await counted("named", "searched", 1);
  await counted("named", "click", 1);
  assert.deepEqual(
    named(events, "signup").map((event) => event.metadata),
    [{ plan: "pro", seats: "3" }],
  );
  assert.deepEqual(
    named(events, "searched").map((event) => event.metadata),
    [{ in: "docs" }],
  );
  assert.equal(named(events, "form_submit").length, 0);
  assert.deepEqual(
    sent("click").map(({ element, properties }) => [element, properties]),
    [["main>form>button.go", { text: "Go now" }]],
  );
  assert.ok(!JSON.stringify(proxy.seen).includes("secret"));
});

test("in the head without defer, asynchronously, and twice", async () => {
  const plain = `<script data-automation data-site=head src="${stats("/script.js")}"></script>`;
  pages.pages["/plain"] = html(plain);
  pages.pages["/twice"] = html(plain + plain);
  pages.pages["/injected"] = html(`<script>
    const script = document.createElement("script");
    script.async = true;
    script.dataset.site = "head";
    script.dataset.automation = "";
    script.src = "${stats("/script.js")}";
    document.head.append(script);
  </script>`);
  for (const [index, path] of ["/plain", "/twice", "/injected"].entries()) {
    await page.goto(shop(path));
    await counted("head", "pageview", index + 1);
  }
  await page.goto("about:blank");
  const events = await counted("head", "engagement", 3);
  assert.deepEqual(
    named(events, "pageview").map((event) => event.page_url),
    ["/plain", "/twice", "/injected"],
  );
});

test("calls before the script is there, revenue, a signed-in user, callbacks", async () => {
  pages.pages["/queue"] = html(
    `<script>window.millrace=window.millrace||function(){(millrace.q=millrace.q||[]).push(arguments)};
     millrace("early", {props: {a: 1, b: true, c: "x"}});
     millrace("identify", "ada");</script>` + tag("queue"),
  );
  await page.goto(shop("/queue"));
  const outcomes = await page.evaluate(() => {
    const called = (name, options) =>
      new Promise((callback) => window.millrace(name, { ...options, callback }));
    const self = {};
    self.self = self;
    const all = [
      called("purchase", { revenue: { amount: 9.99, currency: "EUR" } }),
      called("", {}),
      called("cyclic", { props: self }),
    ];
    window.millrace.identify();
    window.millrace("later");
    return Promise.all(all);
  });
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    [202, 400, 0],
  );
  const events = await counted("queue", "later", 1);
  assert.deepEqual(events.map((event) => [event.event_type, event.user_id]).toSorted(), [
    ["early", "ada"],
    ["later", null],
    ["pageview", "ada"],
    ["purchase", "ada"],
  ]);
  assert.deepEqual(named(events, "early")[0].metadata, { a: 1, b: true, c: "x" });
  assert.deepEqual(sent("purchase")[0].revenue, { amount: 9.99, currency: "EUR" });
});

test("Core Web Vitals with data-vitals", async () => {
  pages.pages["/vitals"] = html(
    tag("vitals", "data-vitals"),
    "<h1>Painted</h1><button>Press</button>",
  );
  await page.goto(shop("/vitals"));
  await until("the extra", () =>
    page.evaluate(
      () =>
        performance.getEntriesByName(document.scripts[0].src.replace(".js", ".vitals.js")).length,
    ),
  );
  await page.waitForTimeout(300);
  await page.evaluate(() =>
    document.querySelector("button").addEventListener("click", () => {
      const end = performance.now() + 120;
      while (performance.now() < end);
    }),
  );
  await page.click("button");
  await page.waitForTimeout(300);
  await page.goto("about:blank");
  const [event] = named(await counted("vitals", "web_vitals", 1), "web_vitals");
  assert.equal(event.page_url, "/vitals");
  for (const name of ["lcp", "fcp", "ttfb", "cls", "inp"])
    assert.equal(
      typeof event.metadata[name],
      "number",
      `${name} in ${JSON.stringify(event.metadata)}`,
    );
  assert.ok(event.metadata.inp >= 100, JSON.stringify(event.metadata));
  assert.equal(sent("web_vitals").length, 1);
  assert.equal(sent("web_vitals")[0].interactive, false);
});

test("pages that are left out, and automatic page views turned off", async () => {
  pages.pages["/shop/a"] =
    pages.pages["/admin/x"] =
    pages.pages["/shop/private/y"] =
      html(tag("rules", `data-include="/shop/*" data-exclude="/shop/private/*, /admin*"`));
  pages.pages["/manual"] = html(tag("rules", "data-manual"));
  for (const path of ["/admin/x", "/shop/private/y", "/shop/a"]) {
    await page.goto(shop(path));
    assert.deepEqual(
      await page.evaluate(() => new Promise((callback) => window.millrace("called", { callback }))),
      { status: path === "/shop/a" ? 202 : 0 },
    );
  }
  await page.goto(shop("/manual"));
  await page.evaluate(() => window.millrace("pageview", { url: "/virtual" }));
  const events = await counted("rules", "pageview", 2);
  assert.deepEqual(
    named(events, "pageview").map((event) => event.page_url),
    ["/shop/a", "/virtual"],
  );
  assert.deepEqual(
    named(events, "called").map((event) => event.page_url),
    ["/shop/a"],
  );
});

test("nothing is sent by those who are not counted", async () => {
  const asks = `data-respect-dnt`;
  pages.pages["/dnt"] = html(tag("dnt", asks));
  pages.pages["/quiet"] = html(tag("dnt"));
  pages.pages["/robot"] = html(
    `<script defer data-site=dnt src="${stats("/script.js")}"></script>`,
  );
  const nothing = async (url, set) => {
    const other = await chromium.context();
    if (set) await other.addInitScript(set);
    const opened = await other.newPage();
    await opened.goto(url);
    await opened.waitForFunction(() => window.millrace?.identify);
    const outcome = await opened.evaluate(
      () => new Promise((callback) => window.millrace("x", { callback })),
    );
    assert.equal(outcome.status, 0, url);
    await other.close();
  };
  await nothing(shop("/dnt"), () =>
    Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true }),
  );
  await nothing(shop("/dnt"), () =>
    Object.defineProperty(Navigator.prototype, "doNotTrack", { get: () => "1" }),
  );
  await nothing(shop("/quiet"), () => localStorage.setItem("millrace_ignore", "true"));
  await nothing(shop("/robot"));
  await nothing(`http://127.0.0.1:${pages.port}/quiet`);
  await nothing(`http://localhost:${pages.port}/quiet`);
  assert.deepEqual(proxy.seen, []);
  // The same pages count everybody else.
  await page.goto(shop("/dnt"));
  await counted("dnt", "pageview", 1);
});

test("a prerendered page counts when it is shown, and not before", async () => {
  const rules = { prerender: [{ urls: ["/ahead", "/never"], eagerness: "immediate" }] };
  const reports = {};
  let go = false;
  pages.pages["/go"] = () => (go ? "yes" : "no");
  pages.pages["/report"] = ({ url }) => {
    const { page: of, prerendered } = Object.fromEntries(new URL(url, shop()).searchParams);
    reports[of] = prerendered;
    return "";
  };
  pages.pages["/before"] = html(
    `<script type="speculationrules">${JSON.stringify(rules)}</script>`,
    `<script>setInterval(async () => {
      if ((await (await fetch("/go")).text()) === "yes") location.href = "/ahead";
    }, 100)</script>`,
  );
  // Without data-automation: nobody steers this browser.
  pages.pages["/ahead"] = pages.pages["/never"] = html(
    `<script defer data-site=prerender src="${stats("/script.js")}"></script>`,
    `<script defer src="data:text/javascript,fetch('/report?page=' + location.pathname + '%26prerendered=' + document.prerendering)"></script>`,
  );
  const end = startUnattendedBrowser(shop("/before"));
  try {
    await until("the prerendered pages", () => reports["/ahead"] && reports["/never"]);
    assert.deepEqual(reports, { "/ahead": "true", "/never": "true" });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.deepEqual(proxy.seen, []);
    go = true;
    const events = await counted("prerender", "pageview", 1);
    assert.deepEqual(
      events.map((event) => event.page_url),
      ["/ahead"],
    );
  } finally {
    await end();
  }
});

test("a strict Content-Security-Policy: the script's host and nothing else", async () => {
  const csp = `default-src 'none'; script-src ${stats()}; connect-src ${stats()}`;
  pages.pages["/csp"] = {
    headers: { "Content-Security-Policy": csp },
    body: html(tag("csp", "data-vitals data-clicks"), "<button>Press</button>"),
  };
  const complaints = [];
  page.on(
    "console",
    (message) => message.text().includes("favicon") || complaints.push(message.text()),
  );
  await page.goto(shop("/csp"));
  await until("the extras", () =>
    page.evaluate(
      () => document.scripts.length === 3 && performance.getEntriesByType("resource").length >= 3,
    ),
  );
  await page.waitForTimeout(200);
  await page.click("button");
  await counted("csp", "click", 1);
  await page.goto("about:blank");
  await counted("csp", "web_vitals", 1);
  await counted("csp", "engagement", 1);
  assert.deepEqual(complaints, []);
});

test("a first-party proxy under another path needs no options", async () => {
  const own = await startProxy(millrace.port, "/js");
  try {
    pages.pages["/proxied"] = html(tag("proxied", "", `http://shop.test:${own.port}/js/script.js`));
    await page.goto(shop("/proxied"));
    const events = await counted("proxied", "pageview", 1);
    assert.equal(events.length, 1);
    assert.deepEqual(
      own.seen.map(({ url }) => url),
      ["/js/api/events"],
    );
  } finally {
    own.end();
  }
});

test("a script of the site's own, at a path that no list knows, knows its site", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "millrace-tracker-settings-")), "settings.json");
  writeFileSync(file, JSON.stringify({ script: { path: "/m/x7.js", events_path: "/m/e" } }));
  millrace.run("site", "settings", "own", "--file", file);
  rmSync(dirname(file), { recursive: true });
  await until(
    "the script",
    async () => (await fetch(`http://127.0.0.1:${millrace.port()}/m/x7.js`)).ok,
  );
  pages.pages["/own"] = html(
    `<script defer data-automation data-clicks src="${stats("/m/x7.js")}"></script>`,
    "<button>Press</button>",
  );
  await page.goto(shop("/own"));
  await until("the extra", () =>
    page.evaluate(
      (src) => performance.getEntriesByName(src).length > 0 && document.scripts.length === 2,
      stats("/m/x7.clicks.js"),
    ),
  );
  await page.waitForTimeout(200);
  await page.click("button");
  await counted("own", "click", 1);
  assert.deepEqual([...new Set(proxy.seen.map(({ url }) => url))], ["/m/e"]);
  assert.deepEqual(
    [...new Set(proxy.seen.flatMap(({ body }) => body.events.map((event) => event.site_id)))],
    ["own"],
  );
});

test("a hidden page sends what it has, and counts no time while it is hidden", async () => {
  pages.pages["/hidden"] = html(tag("hidden"));
  await page.goto(shop("/hidden"));
  await counted("hidden", "pageview", 1);
  const show = (hidden) =>
    page.evaluate((value) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => value });
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    }, hidden);
  await show(true);
  await counted("hidden", "engagement", 1);
  await page.waitForTimeout(1500);
  await show(false);
  await page.waitForTimeout(1100);
  await show(true);
  await counted("hidden", "engagement", 2);
  const [, second] = sent("engagement").map(({ duration }) => duration);
  // The time that it was hidden would make it more.
  assert.ok(second >= 1 && second < 2.5, `${second} s`);
  assert.equal(await page.evaluate(() => localStorage.length), 0);
});

test("a page that is opened behind another counts once it is seen", async () => {
  pages.pages["/background"] = html(
    `<script>Object.defineProperty(document, "hidden", { configurable: true, get: () => true })</script>` +
      tag("background"),
  );
  await page.goto(shop("/background"));
  await page.waitForFunction(() => window.millrace);
  await page.evaluate(() => window.millrace("waited"));
  await page.waitForTimeout(500);
  assert.deepEqual(proxy.seen, []);
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { get: () => false });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  });
  const events = await counted("background", "waited", 1);
  assert.equal(events.length, 2);
});
