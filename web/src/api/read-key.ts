// The read key of a private site, for as long as the tab is open. Never in the URL, never in
// storage that outlives the tab.

const memory = new Map<string, string>();

const slot = (site: string) => `millrace.read-key.${site}`;

export function readKey(site: string): string | null {
  try {
    return sessionStorage.getItem(slot(site)) ?? memory.get(site) ?? null;
  } catch {
    return memory.get(site) ?? null; // storage is forbidden in some embedded pages
  }
}

export function keepReadKey(site: string, key: string): void {
  memory.set(site, key);
  try {
    sessionStorage.setItem(slot(site), key);
  } catch {
    // kept in memory until the page is left
  }
}

export function forgetReadKey(site: string): void {
  memory.delete(site);
  try {
    sessionStorage.removeItem(slot(site));
  } catch {
    // was never stored
  }
}
