// Loaded by the script where its tag has `data-vitals`.

import type { Millrace } from "./types";
import { watchVitals } from "./vitals";

declare const window: Window & { millrace: Millrace };

watchVitals(
  window.millrace,
  document.querySelector("script[data-vitals][data-hash]:not([data-hash=false])") !== null,
);
