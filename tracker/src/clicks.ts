// An extra: every click on a link or a button.
//
// What must hold: nothing that somebody typed is read, and no text but that of links and buttons.

import { finder } from "./finder";
import type { Millrace } from "./types";

const BUTTONS = "a[href],area[href],button,summary,[role=button],[type=submit],[type=button]";
const TEXT_CHARACTERS = 60;

/** Reports clicks through `millrace`. */
export function watchClicks(millrace: Millrace): void {
  addEventListener(
    "click",
    (event) => {
      const button = finder(event)(BUTTONS);
      if (!button) return;
      const text = (button.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, TEXT_CHARACTERS);
      millrace("click", { element: describe(button), ...(text && { props: { text } }) });
    },
    true,
  );
}

/** A short name: `data-mr-name`, or a path of ids, tags and classes. */
export function describe(element: Element): string {
  const parts: string[] = [];
  for (let at: Element | null = element; at && parts.length < 3; at = at.parentElement) {
    const name = at.getAttribute("data-mr-name");
    const id = at.getAttribute("id");
    const first = at.classList[0];
    parts.unshift(name ?? (id ? `#${id}` : at.localName + (first ? `.${first}` : "")));
    if (name ?? id) break;
  }
  return parts.join(">").slice(0, 200);
}
