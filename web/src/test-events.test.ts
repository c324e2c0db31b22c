import { expect, it } from "vitest";
import { TEST_EVENTS, firstEventCommand, testEvent } from "./test-events";

it("each test event names its site, itself and a page", () => {
  for (const kind of TEST_EVENTS) {
    expect(testEvent(kind, "demo", "http://h:1")).toMatchObject({
      site_id: "demo",
      name: kind,
      url: "http://h:1/test-event",
      properties: { sent_from: "dashboard" },
    });
  }
  expect(testEvent("purchase", "demo", "http://h:1")).toMatchObject({
    revenue: { amount: 24.9, currency: "EUR" },
  });
});

it("the first-event command survives a shell, whatever the site is called", () => {
  expect(firstEventCommand("demo", "https://stats.example.org")).toBe(
    `curl https://stats.example.org/api/events \\
  -H 'Content-Type: application/json' \\
  -d '{"site_id":"demo","name":"pageview","url":"/hello"}'`,
  );
  expect(firstEventCommand("it's; rm", "http://h")).toContain(
    String.raw`-d '{"site_id":"it'\''s; rm"`,
  );
});
