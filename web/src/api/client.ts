// One way to the server: JSON in, JSON out, and every failure an `ApiError` that says what the
// page can do about it.

import { isKey, keyOf } from "./key";

/**
 * - `away`: no answer, or one from a proxy in front of a server that is not there
 * - `key`: the site is private, or the matter is its owner's, and the key is missing or wrong
 * - `site`: there is no such site
 * - `refused`: the server understood and says no; its message is for the reader
 * - `broken`: the answer is not what the API promises
 */
export type Failure = "away" | "key" | "site" | "refused" | "broken";

export class ApiError extends Error {
  readonly failure: Failure;
  readonly status: number | null;
  readonly code: string | null;
  /** What of the request is at fault, by the server's name: `internal.paths`. */
  readonly field: string | null;

  constructor(
    failure: Failure,
    message: string,
    status: number | null = null,
    code?: string,
    field?: string | null,
  ) {
    super(message);
    this.name = "ApiError";
    this.failure = failure;
    this.status = status;
    this.code = code ?? null;
    this.field = field ?? null;
  }
}

export function failureOf(error: unknown): Failure | null {
  if (error === null || error === undefined) return null;
  return error instanceof ApiError ? error.failure : "broken";
}

/** Longer than the server's own deadline for a report, so that its reason arrives. */
const DEADLINE_MS = 35_000;

export interface Ask {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  signal?: AbortSignal | undefined;
  /** Another key than the one that was kept: one to try, or one to send events with. */
  key?: string | undefined;
}

/** Asks about a site; its key goes along when the reader has given one. */
export async function ask<T>(site: string | null, path: string, how: Ask = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  const key = how.key ?? (site === null ? null : keyOf(site));
  if (key !== null) headers["X-API-Key"] = key;
  if (how.body !== undefined) headers["Content-Type"] = "application/json";
  const { text, response } = await send(path, { ...how, headers });
  const body = parse(text);
  if (!response.ok) throw refusal(response.status, body);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- who asks knows what the API's description promises
  if (response.status === 204) return undefined as T;
  if (body === undefined) {
    throw new ApiError("broken", `the answer of ${path} is not JSON`, response.status);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same
  return body as T;
}

/** The same for what is saved as a file: the answer's bytes. */
export async function download(
  site: string,
  path: string,
  accept: string,
  how: Ask = {},
): Promise<Blob> {
  const headers: Record<string, string> = { Accept: accept };
  const key = keyOf(site);
  if (key !== null) headers["X-API-Key"] = key;
  if (how.body !== undefined) headers["Content-Type"] = "application/json";
  const { text, response } = await send(path, { ...how, headers });
  if (!response.ok) throw refusal(response.status, parse(text));
  return new Blob([text], { type: response.headers.get("Content-Type") ?? accept });
}

/**
 * Sends one event as any page would, and answers the id under which the server accepted it. A site
 * that asks for a key gets a write key.
 */
export async function sendEvent(event: object, key?: string): Promise<string> {
  const body = await ask<{ event_id?: unknown }>(null, "/api/events", {
    method: "POST",
    body: event,
    key,
  });
  if (typeof body.event_id === "string") return body.event_id;
  throw new ApiError("broken", "the server accepted the event without naming its id");
}

async function send(path: string, how: Ask & { headers: Record<string, string> }) {
  const { signal } = how;
  const key = how.headers["X-API-Key"];
  if (key !== undefined && !isKey(key)) {
    // What cannot be sent says nothing of the server.
    throw new ApiError("key", "the key has characters that no key has");
  }
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  try {
    const response = await fetch(path, {
      method: how.method ?? (how.body === undefined ? "GET" : "POST"),
      headers: how.headers,
      ...(how.body === undefined ? {} : { body: JSON.stringify(how.body) }),
      cache: "no-store",
      credentials: "same-origin",
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
    return { response, text: await response.text() };
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError("away", "the server does not answer");
  }
}

function refusal(status: number, body: unknown): ApiError {
  const { message, code, field } = envelope(body);
  if (status === 401 || status === 403) {
    return new ApiError("key", message ?? "this needs a key of the site", status, code, field);
  }
  if (status === 404 && code === "site_unknown") {
    return new ApiError("site", message ?? "there is no such site", status, code);
  }
  if (message === null && status >= 500) {
    return new ApiError("away", `the server does not answer (${status})`, status);
  }
  return new ApiError("refused", message ?? `the server answered ${status}`, status, code, field);
}

/** The error envelope: `{"error": {"code", "message", "field"}}`. */
function envelope(body: unknown): { message: string | null; code: string; field: string | null } {
  if (!isObject(body) || !isObject(body["error"])) return { message: null, code: "", field: null };
  const { message, field: at, code } = body["error"];
  const word = typeof code === "string" ? code : "";
  const field = typeof at === "string" && at !== "" ? at : null;
  if (typeof message !== "string" || message === "") return { message: null, code: word, field };
  const named = field !== null && !message.includes(field);
  return { message: named ? `${field}: ${message}` : message, code: word, field };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
