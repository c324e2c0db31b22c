// One way to the server: JSON in, JSON out, and every failure an `ApiError` that says what the
// page can do about it.

import { readKey } from "./read-key";

/**
 * - `away`: no answer, or one from a proxy in front of a server that is not there
 * - `key`: the site is private and the key is missing or wrong
 * - `site`: there is no such site
 * - `refused`: the server understood and says no; its message is for the reader
 * - `broken`: the answer is not what the API promises
 */
export type Failure = "away" | "key" | "site" | "refused" | "broken";

export class ApiError extends Error {
  readonly failure: Failure;
  readonly status: number | null;

  constructor(failure: Failure, message: string, status: number | null = null) {
    super(message);
    this.name = "ApiError";
    this.failure = failure;
    this.status = status;
  }
}

export function failureOf(error: unknown): Failure | null {
  if (error === null || error === undefined) return null;
  return error instanceof ApiError ? error.failure : "broken";
}

const DEADLINE_MS = 10_000;

type Params = Record<string, string | number>;

/** Reads a report of a site. The site's read key goes along when the reader has given one. */
export async function getReport(
  path: string,
  site: string,
  params: Params = {},
  signal?: AbortSignal,
): Promise<unknown> {
  const query = new URLSearchParams({ site_id: site });
  for (const [name, value] of Object.entries(params)) query.set(name, String(value));
  const headers: Record<string, string> = { Accept: "application/json" };
  const key = readKey(site);
  if (key !== null) headers["X-API-Key"] = key;
  return request(`${path}?${query}`, { headers }, signal);
}

/** Sends one event and answers the id under which the server accepted it. */
export async function sendEvent(event: object): Promise<string> {
  const body = await request("/api/events", {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json" },
    body: JSON.stringify(event),
  });
  if (isObject(body) && typeof body["event_id"] === "string") return body["event_id"];
  throw new ApiError("broken", "the server accepted the event without naming its id");
}

async function request(url: string, init: RequestInit, signal?: AbortSignal): Promise<unknown> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      ...init,
      cache: "no-store",
      credentials: "same-origin",
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError("away", "the server does not answer");
  }
  const body = parse(text);
  if (!response.ok) throw refusal(response.status, body);
  if (body === undefined) {
    throw new ApiError("broken", `the answer of ${url} is not JSON`, response.status);
  }
  return body;
}

function refusal(status: number, body: unknown): ApiError {
  const message = messageOf(body);
  if (status === 401 || status === 403) {
    return new ApiError("key", message ?? "this site needs a key", status);
  }
  if (status === 404) return new ApiError("site", message ?? "there is no such site", status);
  if (message === null && status >= 500) {
    return new ApiError("away", `the server does not answer (${status})`, status);
  }
  return new ApiError("refused", message ?? `the server answered ${status}`, status);
}

/** The message of the error envelope: `{"error": {"code", "message", "field"}}`. */
function messageOf(body: unknown): string | null {
  if (!isObject(body) || !isObject(body["error"])) return null;
  const { message, field } = body["error"];
  if (typeof message !== "string" || message === "") return null;
  return typeof field === "string" && field !== "" && !message.includes(field)
    ? `${field}: ${message}`
    : message;
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
