// The keys of an event's properties, as a sample of the events shows them. The observed schema
// knows more, but needs a key of the site; a public site's readers have none.

export interface Sample {
  name?: string;
  properties?: Record<string, unknown> | null;
}

/** The most frequent first. */
export function keysOf(events: readonly Sample[]): string[] {
  const counts = new Map<string, number>();
  for (const { properties } of events) {
    for (const key of Object.keys(properties ?? {})) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([key]) => key);
}
