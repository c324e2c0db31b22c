// What is clicked and submitted: links out, files, forms, and elements that name an event of their own.
//
// What must hold: nothing that somebody typed is read.

import { finder } from "./finder";
import type { EventOptions, Options, Properties } from "./types";
import { pageOf } from "./url";

type Track = (name: string, options?: EventOptions) => void;

const FILES =
  "pdf,zip,gz,tgz,rar,7z,dmg,exe,msi,pkg,apk,iso,csv,xlsx?,docx?,pptx?,txt,mp3,mp4,mov,wav,epub";
const PREFIX = "data-mr-";

export function watchInteractions(options: Options, track: Track): void {
  const { outbound = true, downloads = true, forms = true } = options;
  const extensions = String(downloads === true ? FILES : downloads).replace(/,/g, "|");
  const file = RegExp(`\\.(${extensions})$`, "i");

  function clicked(event: MouseEvent) {
    // The middle button opens a link; the right one opens a menu.
    if (event.button > 1) return;
    const closest = finder(event);
    const link = closest("a[href],area[href]") as HTMLAnchorElement | undefined;
    if (link && link.protocol.startsWith("http")) {
      // What is behind the path may be a token.
      const props = { url: link.origin + link.pathname };
      if (downloads && (link.hasAttribute("download") || file.test(link.pathname))) {
        track("file_download", { props });
      } else if (outbound && link.host !== location.host) {
        track("outbound_link", { props });
      }
    }
    named(closest(`[${PREFIX}event]:not(form)`));
  }

  function submitted(event: Event) {
    const form = finder(event)("form");
    if (!form) return;
    if (forms) {
      const said = (name: string) => form.getAttribute(name);
      // An action may carry a token behind its path.
      const element = pageOf(said("id") || said("name") || said("action") || "form");
      track("form_submit", { element, props: { form: element } });
    }
    named(form);
  }

  /** The event that an element names in `data-mr-event`, with its other `data-mr-…` as properties. */
  function named(element: Element | undefined) {
    const props: Properties = {};
    for (const { name, value } of element?.attributes ?? []) {
      if (name.startsWith(PREFIX)) props[name.slice(PREFIX.length)] = value;
    }
    const { event, ...others } = props;
    if (event) track(event as string, { props: others });
  }

  addEventListener("click", clicked, true);
  addEventListener("auxclick", clicked, true);
  addEventListener("submit", submitted, true);
}
