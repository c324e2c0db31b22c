// A small stand-in for the server: the built page and the reports it reads, in memory. It serves
// states that a demo never shows (an empty site, a private one, a server that is away), and is
// what one develops the page against without a Rust build.
//
//   node e2e/mock-server.mjs [PORT]     then open http://127.0.0.1:PORT/?site=demo
//
// Sites: `demo` has history and a live generator, `empty` has nothing, `private` wants the read
// key `read-key`; any other site is unknown.

import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** What the page must be able to live with: no inline script or style, nothing from elsewhere. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export async function startMock({ port = 0, rate = 1 } = {}) {
  if (!existsSync(join(DIST, "index.html"))) {
    throw new Error("web/dist does not exist: run `npm run build` first");
  }
  const sites = new Map([
    ["demo", new Site()],
    ["empty", new Site()],
    ["private", new Site("read-key")],
  ]);
  sites.get("demo").fill();
  sites.get("private").fill();

  const generator = setInterval(() => sites.get("demo").generate(), 1_000 / rate);
  const server = createServer((request, response) => {
    handle(sites, request, response).catch((error) => {
      answer(response, 500, { error: { code: "internal", message: String(error), field: null } });
    });
  });
  const listen = (at) =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(at, "127.0.0.1", resolve);
    });
  await listen(port);
  const bound = server.address().port;

  return {
    url: `http://127.0.0.1:${bound}`,
    /** Refuses connections until `resume`. */
    pause() {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(resolve);
      });
    },
    resume: () => listen(bound),
    stop() {
      clearInterval(generator);
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

const PAGES = [
  ["/", 30],
  ["/pricing", 17],
  ["/docs/getting-started", 13],
  ["/blog/why-we-count-visitors", 9],
  ["/features", 8],
  ["/docs/api", 7],
  ["/changelog", 5],
  ["/about", 4],
  ["/customers", 3],
];
const ELEMENTS = [
  ["signup_button", 9],
  ["pricing_toggle", 6],
  ["video_player", 5],
  ["nav_docs", 4],
  ["copy_command", 3],
  ["theme_switch", 2],
];

class Site {
  constructor(key = null) {
    this.key = key;
    this.events = []; // oldest first; the last day only
    this.hours = new Map(); // start of the hour -> count
    this.pages = new Map();
    this.types = new Map();
    this.total = 0;
  }

  /** Thirty days with the shape of a day and of a week, growing. */
  fill() {
    const now = Date.now();
    const random = seeded(7);
    for (let start = floor(now - 30 * DAY, HOUR); start <= now; start += HOUR) {
      const at = new Date(start);
      const daily =
        0.25 + 0.75 * Math.max(0, Math.sin(((at.getUTCHours() - 5) / 24) * 2 * Math.PI)) ** 0.8;
      const weekly = [0.55, 1, 1.05, 1.1, 1.02, 0.9, 0.6][at.getUTCDay()];
      const growth = 0.7 + (0.3 * (start - now + 30 * DAY)) / (30 * DAY);
      const whole = 4_400 * daily * weekly * growth * (0.9 + 0.2 * random());
      const count = Math.round(whole * Math.min(1, (now - start) / HOUR));
      this.hours.set(start, count);
      this.total += count;
    }
    for (const [page, weight] of PAGES)
      this.pages.set(page, Math.round((this.total * 0.78 * weight) / 96));
    for (const [name, share] of [
      ["pageview", 0.78],
      ["click", 0.14],
      ["signup", 0.05],
      ["purchase", 0.02],
      ["error", 0.01],
    ])
      this.types.set(name, Math.round(this.total * share));
    for (let at = now - HOUR; at < now; at += 1_000 * (0.4 + 1.2 * random()))
      this.push(made(random, at), true);
  }

  generate() {
    this.push(made(Math.random, Date.now()));
  }

  push(event, counted = false) {
    this.events.push(event);
    if (this.events.length > 20_000) this.events.shift();
    if (counted) return;
    const hour = floor(event.at, HOUR);
    this.hours.set(hour, (this.hours.get(hour) ?? 0) + 1);
    this.types.set(event.event_type, (this.types.get(event.event_type) ?? 0) + 1);
    if (event.page_url) this.pages.set(event.page_url, (this.pages.get(event.page_url) ?? 0) + 1);
    this.total += 1;
  }

  since(ms) {
    const from = Date.now() - ms;
    return this.events.filter((event) => event.at >= from);
  }
}

let serial = 0;
function made(random, at) {
  const kind = pick(random, [
    ["pageview", 78],
    ["click", 14],
    ["signup", 4],
    ["purchase", 3],
    ["error", 1],
  ]);
  const properties =
    kind === "purchase"
      ? {
          plan: pick(random, [
            ["starter", 3],
            ["team", 1],
          ]),
          currency: "EUR",
          amount: 24.9,
        }
      : kind === "click"
        ? { element: pick(random, ELEMENTS) }
        : kind === "signup"
          ? {
              plan: pick(random, [
                ["starter", 3],
                ["team", 1],
              ]),
            }
          : kind === "error"
            ? { message: "TypeError: x is undefined" }
            : random() < 0.3
              ? {
                  referrer: pick(random, [
                    ["google.com", 3],
                    ["news.ycombinator.com", 2],
                    ["github.com", 2],
                  ]),
                }
              : {};
  return {
    at,
    event_id: id(),
    event_type: kind,
    user_id: `v${Math.floor(random() * 140)}`,
    session_id: `s${Math.floor(random() * 400)}`,
    page_url: pick(random, PAGES),
    element: properties.element ?? null,
    metadata: properties,
  };
}

function id() {
  serial += 1;
  return `0197${Date.now().toString(16).padStart(12, "0")}${serial.toString(16).padStart(8, "0")}`;
}

async function handle(sites, request, response) {
  const url = new URL(request.url, "http://mock");
  if (request.method === "POST" && url.pathname === "/api/events") {
    return accept(sites, await body(request), response);
  }
  if (request.method !== "GET")
    return answer(response, 405, refusal("method_not_allowed", "GET only"));

  const report = REPORTS[url.pathname];
  if (!report) return file(url.pathname, response);
  const name = url.searchParams.get("site_id") ?? "";
  const site = sites.get(name);
  if (!site) return answer(response, 404, refusal("site_unknown", `there is no site "${name}"`));
  if (site.key !== null && request.headers["x-api-key"] !== site.key) {
    const given = request.headers["x-api-key"] !== undefined;
    return answer(
      response,
      401,
      refusal(
        given ? "key_unknown" : "key_missing",
        given ? "unknown key" : "a read key is needed",
      ),
    );
  }
  answer(response, 200, report(site, url.searchParams));
}

function accept(sites, text, response) {
  let event;
  try {
    event = JSON.parse(text);
  } catch {
    return answer(response, 400, refusal("json", "the body is not JSON"));
  }
  const site = sites.get(event.site_id);
  if (!site)
    return answer(response, 404, refusal("site_unknown", `there is no site "${event.site_id}"`));
  if (typeof event.name !== "string" || event.name === "") {
    return answer(response, 400, refusal("name_missing", "name is missing", "name"));
  }
  const event_id = id();
  const path = event.url?.startsWith("http") ? new URL(event.url).pathname : (event.url ?? null);
  const stored = {
    at: Date.now(),
    event_id,
    event_type: event.name,
    user_id: "you",
    session_id: "s",
    page_url: path,
    element: event.element ?? null,
    metadata: event.properties ?? {},
  };
  setTimeout(() => site.push(stored), 40); // a report has it a moment after the 202
  answer(response, 202, { status: "accepted", event_id });
}

const REPORTS = {
  "/metrics": (site) => {
    const recent = site.since(5 * 60_000);
    return {
      active_users: new Set(recent.map((event) => event.user_id)).size,
      events_per_min: recent.length / 5,
      avg_duration: recent.length > 0 ? 8.2 : null,
      top_elements: top(
        tally(recent.filter((event) => event.element).map((event) => event.element)),
        "element",
      ),
    };
  },
  "/metrics/realtime": (site) => {
    const end = floor(Date.now(), 10_000);
    const buckets = Array.from({ length: 30 }, (_, index) => {
      const start = end - (29 - index) * 10_000;
      const inside = site.events.filter((event) => event.at >= start && event.at < start + 10_000);
      return {
        timestamp: iso(start),
        counts: Object.fromEntries(tally(inside.map((event) => event.event_type))),
      };
    });
    const total = site.since(5 * 60_000).length;
    return {
      timeRange: "5m",
      buckets,
      summary: { total_events: total, eventsPerSecond: total / 300 },
    };
  },
  "/metrics/summary": (site) => {
    const hour = site.since(HOUR);
    return {
      last_hour: {
        total_events: hour.length,
        unique_users: new Set(hour.map((event) => event.user_id)).size,
        events_per_second: hour.length / 3600,
        top_events: top(tally(hour.map((event) => event.event_type)), "type"),
      },
    };
  },
  "/analytics/summary": (site) => {
    const from = Date.now() - DAY;
    let day = 0;
    for (const [start, count] of site.hours) if (start >= from) day += count;
    return {
      cached: false,
      summary: {
        total_events: site.total,
        last_24_hours: day,
        by_type: top(site.types, "event_type"),
      },
    };
  },
  "/analytics/timeseries": (site, params) => {
    const range = params.get("range") ?? "24h";
    const daily = range === "30d";
    const width = daily ? DAY : HOUR;
    const count = { "24h": 24, "7d": 168, "30d": 30 }[range];
    const end = floor(Date.now(), width);
    const data = Array.from({ length: count }, (_, index) => {
      const start = end - (count - 1 - index) * width;
      let sum = 0;
      for (let hour = start; hour < start + width; hour += HOUR) sum += site.hours.get(hour) ?? 0;
      return { time: iso(start), count: sum };
    });
    return { cached: false, result: { range, interval: daily ? "day" : "hour", data } };
  },
  "/analytics/top-pages": (site) => ({ cached: false, pages: top(site.pages, "page_url") }),
  "/analytics/recent": (site, params) => ({
    events: site.events
      .slice(-Number(params.get("limit") ?? 50))
      .toReversed()
      .map(({ at, event_id, event_type, user_id, session_id, page_url, metadata }) => {
        const timestamp = new Date(at).toISOString();
        return { event_id, event_type, user_id, session_id, page_url, timestamp, metadata };
      }),
  }),
};

function file(path, response) {
  const name = normalize(join(DIST, path === "/" ? "index.html" : path));
  if (!name.startsWith(DIST) || !existsSync(name) || !statSync(name).isFile()) {
    return answer(response, 404, refusal("not_found", "no such page"));
  }
  response.writeHead(200, {
    "Content-Type": TYPES[extname(name)] ?? "application/octet-stream",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
  });
  createReadStream(name).pipe(response);
}

function answer(response, status, json) {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(json));
}

function refusal(code, message, field = null) {
  return { error: { code, message, field } };
}

async function body(request) {
  let text = "";
  for await (const part of request) text += part;
  return text;
}

function tally(names) {
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function top(counts, label) {
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, 10)
    .map(([name, count]) => ({ [label]: name, count }));
}

function pick(random, weighted) {
  let at = random() * weighted.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of weighted) if ((at -= weight) < 0) return value;
  return weighted[0][0];
}

function seeded(seed) {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const floor = (time, width) => Math.floor(time / width) * width;
const iso = (time) => new Date(time).toISOString().replace(".000Z", "Z");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const mock = await startMock({ port: Number(process.argv[2] ?? 8080) });
  console.log(`${mock.url}/?site=demo`);
}
