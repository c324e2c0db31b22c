// The events that the button sends: complete enough to show what an event carries, and easy to
// tell from real ones by their page.

export const TEST_EVENTS = ["pageview", "click", "purchase"] as const;
export type TestEvent = (typeof TEST_EVENTS)[number];

export function testEvent(kind: TestEvent, site: string, origin: string): object {
  const event = {
    site_id: site,
    name: kind,
    url: `${origin}/test-event`,
    properties: { sent_from: "dashboard" },
  };
  switch (kind) {
    case "pageview":
      return { ...event, title: "Test event" };
    case "click":
      return { ...event, element: "test_button" };
    case "purchase":
      return {
        ...event,
        revenue: { amount: 24.9, currency: "EUR" },
        properties: { ...event.properties, plan: "starter" },
      };
  }
}

/** A command that sends a site its first event; the site's name is quoted for a POSIX shell. */
export function firstEventCommand(site: string, origin: string): string {
  const body = JSON.stringify({ site_id: site, name: "pageview", url: "/hello" });
  return [
    `curl ${origin}/api/events \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${body.replaceAll("'", String.raw`'\''`)}'`,
  ].join("\n");
}
