// Events from a server, with plain `fetch`: Node 18 or newer, or whatever else has it.
//
//   MILLRACE_URL=https://stats.example.com MILLRACE_KEY=… node server.mjs
//
// The key is a write key: `millrace key add --site example.com --kind write`. With it, `ip` and `user_agent` say whom
// an event is about; without them it would be about this server.

import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";

const { MILLRACE_URL = "http://127.0.0.1:8080", MILLRACE_KEY } = process.env;
const ATTEMPTS = 6;

/**
 * Sends events, and answers what was rejected of them. Each gets its id here, once: however often a request has to be
 * repeated, the server counts the event once.
 */
export async function send(events) {
  const body = JSON.stringify({
    events: events.map((event) => ({
      event_id: randomUUID(),
      timestamp: new Date().toISOString(),
      ...event,
    })),
  });
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`${MILLRACE_URL}/api/events`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${MILLRACE_KEY}` },
      body,
      signal: AbortSignal.timeout(10_000),
    }).catch((error) => ({ ok: false, status: 0, error }));
    // 202: the accepted events are durable.
    if (response.ok) return (await response.json()).rejected;
    const again = [0, 408, 429].includes(response.status) || response.status >= 500;
    if (!again) throw new Error(`${response.status}: ${await response.text()}`);
    if (attempt === ATTEMPTS) throw new Error("the server is away", { cause: response.error });
    const after = Number(response.headers?.get("Retry-After"));
    await wait((after || 2 ** attempt * (0.5 + Math.random() / 2)) * 1000);
  }
}

const rejected = await send([
  {
    name: "purchase",
    user_id: "ada",
    url: "https://example.com/checkout",
    revenue: { amount: "49.90", currency: "EUR" },
    properties: { plan: "pro", seats: 3 },
    ip: "203.0.113.7",
    user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  },
]);
for (const { index, message } of rejected) console.error(`event ${index} was rejected: ${message}`);
