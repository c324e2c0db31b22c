import { expect, test } from "vitest";
import { TEST_EVENTS, testEvent } from "./test-events";

const sender = {
  origin: "https://stats.example",
  userAgent: "Firefox",
  language: "de-DE",
  screen: "1280x720",
};

test.each(TEST_EVENTS)("a $text is for its site, from a page of its own", ({ value }) => {
  expect(testEvent(value, "demo", sender, false)).toMatchObject({
    site_id: "demo",
    name: value,
    url: "https://stats.example/test-event",
    properties: { sent_from: "dashboard" },
  });
});

test("names the browser only beside a key, without which the server would not take it", () => {
  expect(testEvent("click", "demo", sender, false)).not.toHaveProperty("user_agent");
  expect(testEvent("click", "demo", sender, true)).toMatchObject({ user_agent: "Firefox" });
});

test("carries what is typical", () => {
  expect(testEvent("purchase", "demo", sender, false)).toMatchObject({
    revenue: { amount: 24.9, currency: "EUR" },
  });
  expect(testEvent("play", "demo", sender, false)).toMatchObject({ duration: 12.5 });
});
