import { expect, test } from "vitest";
import { EMPTY, matching, MOST_ROWS, readEvent, reduceStream, type StreamEvent } from "./stream";

const event = (id: string, second: number, more: object = {}): StreamEvent => {
  const timestamp = new Date(Date.UTC(2026, 10, 20, 10, 0, second)).toISOString();
  const read = readEvent({ event_id: id, name: "pageview", timestamp, ...more }, true);
  if (read === null) throw new Error("not read");
  return read;
};
const ids = (rows: readonly StreamEvent[]) => rows.map(({ id }) => id);

test("reads what the live stream and what the lists say", () => {
  const live = event("1", 0, { url: "https://shop.example/pricing?x=1", user_id: "ada" });
  expect(live).toMatchObject({ page: "/pricing", visitor: "ada", properties: {}, element: null });
  const listed = event("2", 0, { path: "/cart", visitor_id: "9f86d081884c7d65", country: "DE" });
  expect(listed).toMatchObject({ page: "/cart", visitor: "9f86d081884c7d65", country: "DE" });
  expect(event("3", 0, { url: "app:screen" }).page).toBe("screen");
  expect(event("4", 0, { url: "not an address" }).page).toBe("not an address");
  expect(readEvent({ name: "pageview" }, true)).toBeNull();
  expect(readEvent("text", true)).toBeNull();
});

test("keeps each event once, the newest first, and not too many", () => {
  let stream = reduceStream(EMPTY, { type: "arrive", events: [event("a", 1), event("b", 3)] });
  stream = reduceStream(stream, { type: "arrive", events: [event("c", 2), event("a", 1)] });
  expect(ids(stream.rows)).toEqual(["b", "c", "a"]);
  const many = Array.from({ length: MOST_ROWS + 50 }, (_, index) => event(`m${index}`, index));
  stream = reduceStream(stream, { type: "arrive", events: many });
  expect(stream.rows).toHaveLength(MOST_ROWS);
  expect(stream.rows[0]?.id).toBe(`m${MOST_ROWS + 49}`);
});

test("what arrived later stands first among events of one instant", () => {
  const stream = reduceStream(EMPTY, { type: "arrive", events: [event("a", 1), event("b", 1)] });
  expect(ids(stream.rows)).toEqual(["b", "a"]);
});

test("holds back while paused, and shows it afterwards", () => {
  let stream = reduceStream(EMPTY, { type: "arrive", events: [event("a", 1)] });
  stream = reduceStream(stream, { type: "pause" });
  stream = reduceStream(stream, { type: "arrive", events: [event("b", 2), event("c", 2)] });
  stream = reduceStream(stream, { type: "arrive", events: [event("b", 2)] });
  expect(ids(stream.rows)).toEqual(["a"]);
  expect(stream.waiting).toBe(2);
  stream = reduceStream(stream, { type: "resume" });
  expect(ids(stream.rows)).toEqual(["c", "b", "a"]);
  expect(stream).toMatchObject({ waiting: 0, paused: false, held: [] });
});

test("finds rows by words anywhere in them", () => {
  const rows = [
    event("a", 1, { path: "/pricing", properties: { plan: "Pro" } }),
    event("b", 2, { path: "/blog" }),
  ];
  expect(ids(matching(rows, "pro PRICING"))).toEqual(["a"]);
  expect(ids(matching(rows, "  "))).toEqual(["a", "b"]);
});
