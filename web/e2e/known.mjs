// A site with events that are known one by one, so that each number on a page can be said in
// advance. The site is in Nepal, 5 hours and 45 minutes ahead of UTC: what happens there just
// after midnight is of another day in UTC.

export const SITE = "shop";
export const ZONE = "Asia/Kathmandu";
/** The days that everything lies in, in the site's zone. */
export const PERIOD = "from=2026-03-01&to=2026-03-05";

export const HOSTILE = `<img src=x onerror="globalThis.ran=1">`;

const at = (day, time) => new Date(`2026-03-${day}T${time}:00+05:45`).toISOString();
const SHOP = "https://shop.test";

/**
 * Three visitors in four visits with six pageviews; two visits bounce. On the site's days: the
 * 2nd has ann and bob, the 3rd cyd, the 4th ann again. In UTC ann would have begun on the 1st, and
 * cyd on the 2nd.
 */
export const EVENTS = [
  {
    anonymous_id: "ann",
    name: "pageview",
    url: `${SHOP}/?utm_campaign=spring`,
    referrer: "https://www.google.com/",
    timestamp: at("02", "00:10"),
  },
  { anonymous_id: "ann", name: "pageview", url: `${SHOP}/pricing`, timestamp: at("02", "00:12") },
  {
    anonymous_id: "ann",
    name: "signup",
    url: `${SHOP}/pricing`,
    timestamp: at("02", "00:15"),
    properties: { plan: "pro" },
  },
  { anonymous_id: "bob", name: "pageview", url: `${SHOP}/`, timestamp: at("02", "23:50") },
  {
    anonymous_id: "cyd",
    name: "pageview",
    url: `${SHOP}/blog`,
    referrer: "https://news.ycombinator.com/",
    timestamp: at("03", "00:05"),
  },
  { anonymous_id: "cyd", name: "pageview", url: `${SHOP}/pricing`, timestamp: at("03", "00:06") },
  {
    anonymous_id: "cyd",
    name: "note",
    url: `${SHOP}/pricing`,
    timestamp: at("03", "00:06"),
    properties: { text: HOSTILE, link: "javascript:globalThis.ran=1" },
  },
  { anonymous_id: "ann", name: "pageview", url: `${SHOP}/`, timestamp: at("04", "12:00") },
].map((event, index) => ({ ...event, site_id: SITE, event_id: `known-${index}` }));

/** Sends events, and waits until they are counted. */
export async function post(millrace, events) {
  const response = await fetch(`${millrace.url()}/api/events`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(events),
  });
  if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}
