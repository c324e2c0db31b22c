// What every test file has: a server with its sites, a proxy before it, and a browser where it asks for one.

import { after, before } from "node:test";
import { startBrowser } from "./browser.mjs";
import { startProxy } from "./proxy.mjs";
import { startServer, until } from "./server.mjs";

const DUPLICATES = 'millrace_worker_discarded_events_total{reason="duplicate"}';

/** What a test's name says of a fault. */
export const MET = { refuse: "refused once", lose: "its answer lost once" };

/** Filled in before the first test runs. */
export function suite({ sites, browser = false, isEvent }) {
  const parts = {};
  before(async () => {
    parts.server = await startServer(sites);
    parts.proxy = await startProxy(parts.server.url, { isEvent });
    if (browser) parts.browser = await startBrowser();
  });
  after(async () => {
    await parts.browser?.stop();
    await parts.proxy?.stop();
    await parts.server?.stop();
  });
  /** Lets the next requests meet these faults, and forgets those before. */
  parts.meet = (...faults) => {
    parts.proxy.faults = faults;
    parts.proxy.sent = [];
  };
  /** The proxy as pages know it. */
  parts.stats = () => `http://stats.test:${parts.proxy.port}`;
  /** How many events were recognised as sent twice so far. */
  parts.duplicates = () => parts.server.figure(DUPLICATES);
  /** Waits until so many more were. */
  parts.duplicated = (had, count) =>
    until(
      async () => (await parts.duplicates()) >= had + count,
      `${count} duplicates`,
      async () => JSON.stringify({ had, has: await parts.duplicates(), sent: parts.proxy.sent }),
    );
  /** Waits until so many requests with events were answered by the server. */
  parts.answered = (count) =>
    until(
      () => parts.proxy.sent.filter(({ status }) => status !== null).length >= count,
      `${count} requests`,
      () => JSON.stringify(parts.proxy.sent),
    );
  return parts;
}

/** The one event of this name. */
export function only(events, name) {
  const found = events.filter((event) => event.event_type === name);
  if (found.length !== 1)
    throw new Error(`${found.length} events are named ${name}: ${JSON.stringify(events)}`);
  return found[0];
}
