// The reader's key of a site, for as long as the tab is open. Never in the URL, never in storage
// that outlives the tab, and never in an embedded page: a page that frames a dashboard must not
// show what only the owner of this browser may see.

const memory = new Map<string, string>();

const slot = (site: string) => `millrace.key.${site}`;

/** Whether this document is the embedded form of a dashboard. */
export const embedded = () => location.pathname.startsWith("/embed/");

/** Whether a text can be a key at all: others cannot even be sent, as no header can have them. */
export const isKey = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);

export function keyOf(site: string): string | null {
  if (embedded()) return null;
  try {
    return sessionStorage.getItem(slot(site)) ?? memory.get(site) ?? null;
  } catch {
    return memory.get(site) ?? null; // storage is forbidden in some private windows
  }
}

export function keepKey(site: string, key: string): void {
  memory.set(site, key);
  try {
    sessionStorage.setItem(slot(site), key);
  } catch {
    // kept in memory until the page is left
  }
}

export function forgetKey(site: string): void {
  memory.delete(site);
  try {
    sessionStorage.removeItem(slot(site));
  } catch {
    // was never stored
  }
}
