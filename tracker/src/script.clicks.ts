// Loaded by the script where its tag has `data-clicks`.

import { watchClicks } from "./clicks";
import type { Millrace } from "./types";

declare const window: Window & { millrace: Millrace };

watchClicks(window.millrace);
