import { describe, expect, it, vi } from "vitest";
import { getReport, sendEvent } from "./client";
import { forgetReadKey, keepReadKey } from "./read-key";

function answering(status: number, body: string) {
  const fetched = vi.fn<typeof fetch>(() => Promise.resolve(new Response(body, { status })));
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

const failing = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail("it should have failed"),
    (error: unknown) => error,
  );

describe("getReport", () => {
  it("asks for JSON about one site, with its parameters escaped", async () => {
    const fetched = answering(200, '{"ok":true}');
    expect(await getReport("/analytics/recent", "a&b", { limit: 20 })).toEqual({ ok: true });
    const [url, init] = fetched.mock.calls[0] ?? [];
    expect(url).toBe("/analytics/recent?site_id=a%26b&limit=20");
    expect(new Headers(init?.headers).get("accept")).toBe("application/json");
    expect(new Headers(init?.headers).has("x-api-key")).toBe(false);
  });

  it("sends the read key of its own site only", async () => {
    keepReadKey("private", "secret");
    const fetched = answering(200, "{}");
    await getReport("/metrics", "private");
    await getReport("/metrics", "other");
    forgetReadKey("private");
    await getReport("/metrics", "private");
    const keys = fetched.mock.calls.map(([, init]) => new Headers(init?.headers).get("x-api-key"));
    expect(keys).toEqual(["secret", null, null]);
  });

  it.each([
    [
      401,
      '{"error":{"code":"key_missing","message":"a key is needed","field":null}}',
      "key",
      "a key is needed",
    ],
    [
      404,
      '{"error":{"code":"site_unknown","message":"no such site","field":null}}',
      "site",
      "no such site",
    ],
    [
      400,
      '{"error":{"code":"bad","message":"must be 24h, 7d or 30d","field":"range"}}',
      "refused",
      "range: must be 24h, 7d or 30d",
    ],
    [
      503,
      '{"error":{"code":"replaying","message":"the store is replaying","field":null}}',
      "refused",
      "the store is replaying",
    ],
    [502, "<html>Bad gateway</html>", "away", "the server does not answer (502)"],
    [400, "", "refused", "the server answered 400"],
    [200, "# TYPE millrace_x counter", "broken", "the answer of /metrics?site_id=demo is not JSON"],
  ])("reads %i %s as %s", async (status, body, failure, message) => {
    answering(status, body);
    const error = await failing(getReport("/metrics", "demo"));
    expect(error).toMatchObject({ failure, message, status });
  });

  it("says that the server is away when nothing answers", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    expect(await failing(getReport("/metrics", "demo"))).toMatchObject({ failure: "away" });
  });
});

describe("sendEvent", () => {
  it("posts JSON without the read key, which is not for writing, and answers the id", async () => {
    keepReadKey("demo", "secret");
    const fetched = answering(202, '{"status":"accepted","event_id":"e1"}');
    expect(await sendEvent({ site_id: "demo", name: "click" })).toBe("e1");
    const [url, init] = fetched.mock.calls[0] ?? [];
    expect([url, init?.method, init?.body]).toEqual([
      "/api/events",
      "POST",
      '{"site_id":"demo","name":"click"}',
    ]);
    expect(new Headers(init?.headers).get("content-type")).toBe("application/json");
    expect(new Headers(init?.headers).has("x-api-key")).toBe(false);
  });

  it("passes on why the server refused", async () => {
    answering(503, '{"error":{"code":"queue_full","message":"the queue is full","field":null}}');
    expect(await failing(sendEvent({}))).toMatchObject({ message: "the queue is full" });
  });
});
