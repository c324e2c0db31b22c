import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { forgetKey, keepKey } from "./key";
import { type LiveState, watchLive } from "./live";

/** A socket that does what the test says. */
class FakeSocket extends EventTarget {
  static opened: FakeSocket[] = [];
  readonly url: URL;
  readonly protocols: string[];
  closed = false;

  constructor(url: string, protocols: string[]) {
    super();
    this.url = new URL(url);
    this.protocols = protocols;
    FakeSocket.opened.push(this);
  }

  says(message: object) {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) }));
  }

  ends(code = 1006) {
    this.dispatchEvent(new CloseEvent("close", { code }));
  }

  close() {
    this.closed = true;
  }
}

const last = () => {
  const socket = FakeSocket.opened.at(-1);
  if (socket === undefined) throw new Error("no socket was opened");
  return socket;
};

let states: LiveState[];
let ids: string[];
let stop: () => void;

function watch(filters = "[]") {
  states = [];
  ids = [];
  stop = watchLive("demo", filters, {
    state: (state) => states.push(state),
    events: (events) => ids.push(...events.map((event) => event.event_id)),
  });
}

beforeEach(() => {
  FakeSocket.opened = [];
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  forgetKey("demo");
});

describe("the live stream", () => {
  test("goes on with the last cursor after the socket ends", () => {
    watch();
    expect(last().url.searchParams.get("cursor")).toBeNull();
    last().says({ type: "snapshot", cursor: "c1", live: {} });
    last().says({ type: "events", cursor: "c2", events: [{ event_id: "a" }] });
    last().ends();
    vi.advanceTimersByTime(400);
    expect(FakeSocket.opened).toHaveLength(2);
    expect(last().url.searchParams.get("cursor")).toBe("c2");
    last().says({ type: "events", cursor: "c3", events: [{ event_id: "b" }] });
    expect(ids).toEqual(["a", "b"]);
    expect(states.at(-1)).toBe("live");
  });

  test("waits longer each time that nobody answers, and not at all after an answer", () => {
    watch();
    const pauses: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const before = FakeSocket.opened.length;
      last().ends();
      let waited = 0;
      while (FakeSocket.opened.length === before) {
        vi.advanceTimersByTime(50);
        waited += 50;
      }
      pauses.push(waited);
    }
    expect(pauses[0]).toBeLessThanOrEqual(350);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(12_500 + 50);
    expect(pauses[7]).toBeGreaterThan(5_000);
    last().says({ type: "tick", cursor: "c1", live: {} });
    last().ends();
    vi.advanceTimersByTime(400);
    expect(FakeSocket.opened).toHaveLength(10);
  });

  test("a socket that says nothing for long is given up", () => {
    watch();
    last().says({ type: "tick", cursor: "c1", live: {} });
    vi.advanceTimersByTime(16_000);
    expect(FakeSocket.opened[0]?.closed).toBe(true);
    expect(FakeSocket.opened).toHaveLength(2);
    // What the one that was given up still says is not told.
    FakeSocket.opened[0]?.says({ type: "events", cursor: "c9", events: [{ event_id: "late" }] });
    expect(ids).toEqual([]);
  });

  test("a server that lets nobody in is not asked again", () => {
    watch();
    last().ends(1008);
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.opened).toHaveLength(1);
    expect(states.at(-1)).toBe("refused");
  });

  test("the key is a protocol, never in the URL; filters are the grammar's", () => {
    keepKey("demo", "mk_secret");
    watch('[["is","event:page",["/"]]]');
    expect(last().protocols).toEqual(["millrace.live.v1", "millrace.key.mk_secret"]);
    expect(last().url.href).not.toContain("mk_secret");
    expect(last().url.searchParams.get("filters")).toBe('[["is","event:page",["/"]]]');
  });

  test("once stopped it stays so", () => {
    watch();
    stop();
    expect(last().closed).toBe(true);
    last().ends();
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.opened).toHaveLength(1);
  });
});
