import { afterEach, expect, test, vi } from "vitest";
import { keep, kept, type Kept } from "./kept";

afterEach(() => localStorage.clear());

function denied(): never {
  throw new Error("denied");
}

function entry(id: string, more: Partial<Kept> = {}, title = ""): Kept {
  const timestamp = new Date().toISOString();
  const event = { name: "x", event_id: id, timestamp, url: "/", title };
  return { api: "https://stats.test/e", event, ...more };
}
const ids = () => kept().map(({ event }) => event.event_id);

test("what is put in is there once, until it is taken out", () => {
  keep([entry("a"), entry("b")]);
  keep([entry("a", { api: "https://other.test/e" })]);
  expect(ids()).toEqual(["b", "a"]);
  expect(kept()[1]?.api).toBe("https://other.test/e");
  keep([entry("a"), entry("b")], true);
  expect(kept()).toEqual([]);
  expect(localStorage.length).toBe(0);
});

test("the newest fifty stay, and 32 KiB", () => {
  keep(Array.from({ length: 60 }, (_, index) => entry(`${index}`)));
  expect(ids()).toHaveLength(50);
  expect(ids()[0]).toBe("10");
  const old = entry("old");
  old.event.timestamp = new Date(Date.now() - 60_000).toISOString();
  keep([old]);
  expect(ids()).not.toContain("old");
  for (let index = 0; index < 20; index++) keep([entry(`large ${index}`, {}, "x".repeat(5_000))]);
  expect(ids().at(-1)).toBe("large 19");
  expect(localStorage.getItem("millrace_kept")?.length).toBeLessThanOrEqual(32_768);
  const before = ids();
  keep([entry("huge", {}, "x".repeat(40_000))]);
  expect(ids()).toEqual(before);
});

test("a storage without room", () => {
  keep([entry("a")]);
  vi.stubGlobal(
    "localStorage",
    Object.freeze({ millrace_kept: localStorage.getItem("millrace_kept") }),
  );
  keep([entry("b")]);
  expect(ids()).toEqual(["a"]);
  vi.unstubAllGlobals();
});

test("after a day an event is history", () => {
  keep([entry("a")]);
  vi.spyOn(Date, "now").mockReturnValue(Date.now() + 86_400_001);
  expect(kept()).toEqual([]);
});

test.each(["{", "null", "5", "{}", "[null]", '[{"event":{}}]', '[{"event":null}]'])(
  "somebody else's text in storage: %s",
  (text) => {
    localStorage.setItem("millrace_kept", text);
    expect(kept()).toEqual([]);
    keep([entry("a")]);
    expect(ids()).toEqual(["a"]);
  },
);

test("a browser without storage", () => {
  vi.spyOn(window, "localStorage", "get").mockImplementation(denied);
  keep([entry("a")]);
  expect(kept()).toEqual([]);
  vi.restoreAllMocks();
});
