// Ids of events.

/** 128 random bits as text; `crypto.randomUUID` is missing where a page is not secure. */
export function newId(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}
