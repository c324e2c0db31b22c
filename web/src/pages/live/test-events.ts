// The events that the panel sends: complete enough to show what an event carries, and easy to tell
// from real ones by their page.

export const TEST_EVENTS = [
  { value: "pageview", text: "Page view" },
  { value: "click", text: "Click" },
  { value: "purchase", text: "Purchase" },
  { value: "play", text: "Play" },
] as const;

export type TestEvent = (typeof TEST_EVENTS)[number]["value"];

/** What a page's own script would know of the browser. */
export interface Sender {
  origin: string;
  userAgent: string;
  language: string;
  screen: string;
}

export function testEvent(kind: TestEvent, site: string, sender: Sender, keyed: boolean): object {
  const event = {
    site_id: site,
    name: kind,
    url: `${sender.origin}/test-event`,
    language: sender.language,
    screen: sender.screen,
    properties: { sent_from: "dashboard" },
    // A key says that a program sends for others, whose browser it must name then.
    ...(keyed ? { user_agent: sender.userAgent } : {}),
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
    case "play":
      return { ...event, element: "test_video", duration: 12.5 };
  }
}
