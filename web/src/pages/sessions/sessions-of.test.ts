import { describe, expect, it } from "vitest";
import { type EventDetail, hueOf, known, propertyText, sessionsOf, timeline } from "./sessions-of";

function event(session: string, at: string, more: Partial<EventDetail> = {}): EventDetail {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is looked at is there
  return {
    session_id: session,
    timestamp: `2026-11-20T${at}Z`,
    name: "pageview",
    path: "/",
    source: null,
    country: null,
    browser: null,
    os: null,
    ...more,
  } as EventDetail;
}

describe("sessions of a visitor", () => {
  const sessions = sessionsOf([
    event("a", "10:00:00", { path: "/", source: "Google", browser: "Firefox", os: "Linux" }),
    event("b", "12:00:00", { path: "/docs" }),
    event("a", "10:02:30", { path: "/pricing" }),
    event("a", "10:03:00", { name: "signup", path: "/signup" }),
  ]);

  it("are told apart, the latest first", () => {
    expect(sessions.map(({ id }) => id)).toEqual(["b", "a"]);
  });

  it("have their own first and last pages, counts and length", () => {
    expect(sessions[1]).toMatchObject({
      entry: "/",
      exit: "/pricing",
      events: 3,
      pageviews: 2,
      duration: 180,
      source: "Google",
      device: "Firefox · Linux",
    });
  });

  it("have no page where none was seen", () => {
    expect(sessionsOf([event("c", "09:00:00", { name: "purchase" })])[0]).toMatchObject({
      entry: null,
      exit: null,
      pageviews: 0,
      duration: 0,
    });
  });
});

describe("a time line", () => {
  it("counts from the first event and says where nothing happened for long", () => {
    const moments = timeline([
      event("a", "10:00:00"),
      event("a", "10:00:12.500"),
      event("a", "10:20:12.500"),
    ]);
    expect(moments.map(({ offset }) => offset)).toEqual([0, 12.5, 1212.5]);
    expect(moments.map(({ gap }) => gap)).toEqual([null, null, 1200]);
  });
});

it("says nothing of what is not set", () => {
  expect(known("(not set)")).toBeNull();
  expect(known("")).toBeNull();
  expect(known("Berlin")).toBe("Berlin");
});

it("writes properties as they are", () => {
  expect(propertyText("<img onerror>")).toBe("<img onerror>");
  expect(propertyText(12.5)).toBe("12.5");
  expect(propertyText(false)).toBe("false");
});

it("gives every id a hue", () => {
  expect(hueOf("f8da993067323f53")).toBe(hueOf("f8da993067323f53"));
  expect(hueOf("no number")).toBe(0);
});
