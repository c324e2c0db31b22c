// Light, dark, or what the system says. Kept in this browser; the choice is no secret.

import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const SLOT = "millrace.theme";
const listeners = new Set<() => void>();
let current = stored();
let printing = false;
apply();
// The style sheet makes paper light by itself, but charts on a canvas follow this choice alone.
window.addEventListener("beforeprint", () => print(true));
window.addEventListener("afterprint", () => print(false));

export function useTheme(): [Theme, (theme: Theme) => void] {
  const theme = useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => current,
  );
  return [theme, choose];
}

function choose(theme: Theme): void {
  current = theme;
  apply();
  try {
    if (theme === "system") localStorage.removeItem(SLOT);
    else localStorage.setItem(SLOT, theme);
  } catch {
    // as long as the page is open, then
  }
  for (const changed of listeners) changed();
}

function stored(): Theme {
  try {
    const theme = localStorage.getItem(SLOT);
    return theme === "light" || theme === "dark" ? theme : "system";
  } catch {
    return "system";
  }
}

function print(now: boolean): void {
  printing = now;
  apply();
}

function apply(): void {
  // An embedded page follows what its frame's owner wants: `?theme=dark`.
  const asked = location.pathname.startsWith("/embed/")
    ? new URLSearchParams(location.search).get("theme")
    : null;
  const theme = printing ? "light" : (asked ?? current);
  if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;
  else delete document.documentElement.dataset["theme"];
}
