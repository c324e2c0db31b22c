import { afterEach, describe, expect, test, vi } from "vitest";
import { ApiError, ask, sendEvent } from "./client";
import { forgetKey, keepKey } from "./key";

function answers(body: string, status = 200) {
  const fetched = vi.fn<(url: string, init: RequestInit) => Promise<Response>>(() =>
    Promise.resolve(new Response(status === 204 ? null : body, { status })),
  );
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

const failure = async (asking: Promise<unknown>) => {
  const error = await asking.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw new Error(`not refused: ${String(error)}`);
  return error;
};

afterEach(() => {
  forgetKey("demo");
  history.replaceState(null, "", "/");
});

describe("asking the server", () => {
  test("a body goes as JSON by POST, and the site's key goes along", async () => {
    keepKey("demo", "mk_secret");
    const fetched = answers('{"a":1}');
    expect(await ask("demo", "/api/v2/query", { body: { b: 2 } })).toEqual({ a: 1 });
    const [url, init] = fetched.mock.calls[0] ?? [];
    expect(url).toBe("/api/v2/query"); // the key is never in it
    expect(init).toMatchObject({ method: "POST", body: '{"b":2}' });
    expect(init?.headers).toMatchObject({ "X-API-Key": "mk_secret" });
  });

  test("a key that no header can have is no key, and says nothing of the server", async () => {
    keepKey("demo", "mk_sécret ✓");
    const fetched = answers("{}");
    expect(await failure(ask("demo", "/api/v2/query"))).toMatchObject({ failure: "key" });
    expect(fetched).not.toHaveBeenCalled();
  });

  test("an embedded page never uses a key", async () => {
    keepKey("demo", "mk_secret");
    history.replaceState(null, "", "/embed/demo");
    const fetched = answers("{}");
    await ask("demo", "/x");
    expect(fetched.mock.calls[0]?.[1].headers).not.toHaveProperty("X-API-Key");
  });

  test("a key of one site is not sent for another", async () => {
    keepKey("demo", "mk_secret");
    const fetched = answers("{}");
    await ask("other", "/x");
    await ask(null, "/y");
    for (const [, init] of fetched.mock.calls) expect(init.headers).not.toHaveProperty("X-API-Key");
  });

  test("nothing may be an answer", async () => {
    answers("", 204);
    expect(await ask("demo", "/x", { method: "DELETE" })).toBeUndefined();
  });

  test.each([
    [401, '{"error":{"code":"key_missing","message":"this site needs a key"}}', "key"],
    [403, '{"error":{"code":"key_of_another_site","message":"no"}}', "key"],
    [404, '{"error":{"code":"site_unknown","message":"there is no such site"}}', "site"],
    [404, '{"error":{"code":"session_unknown","message":"there is no such session"}}', "refused"],
    [400, '{"error":{"code":"x","message":"is wrong","field":"metrics"}}', "refused"],
    [503, '{"error":{"code":"queue_full","message":"the queue is full"}}', "refused"],
    [502, "<html>Bad gateway</html>", "away"],
    [200, "<html>", "broken"],
  ])("%i %s is %s", async (status, body, expected) => {
    answers(body, status);
    const error = await failure(ask("demo", "/x"));
    expect(error.failure).toBe(expected);
    expect(error.status).toBe(status);
  });

  test("a message names its field once", async () => {
    answers('{"error":{"code":"x","message":"is wrong","field":"metrics"}}', 400);
    expect((await failure(ask("demo", "/x"))).message).toBe("metrics: is wrong");
    answers('{"error":{"code":"x","message":"metrics[0] is wrong","field":"metrics[0]"}}', 400);
    expect((await failure(ask("demo", "/x"))).message).toBe("metrics[0] is wrong");
  });

  test("no answer at all is a server that is away", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    expect((await failure(ask("demo", "/x"))).failure).toBe("away");
  });

  test("an event's id is the server's", async () => {
    answers('{"status":"accepted","event_id":"e1"}', 202);
    expect(await sendEvent({ name: "pageview" })).toBe("e1");
    answers('{"status":"accepted"}', 202);
    expect((await failure(sendEvent({}))).failure).toBe("broken");
  });
});
