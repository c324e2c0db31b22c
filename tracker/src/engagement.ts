// How long the page was looked at, and how far down.

export interface Engagement {
  /** Begins anew, for another page. */
  reset(): void;
  /** What came since it was last taken; nothing where that is less than a second and no deeper. */
  take(): { duration: number; scroll_depth: number } | undefined;
}

export function watchEngagement(): Engagement {
  let engaged = 0;
  /** When the page came into view, while it is. */
  let since: number | undefined;
  let bottom = 0;
  let reported = 0;

  function tick() {
    const now = performance.now();
    if (since) engaged += now - since;
    since = !document.hidden && document.hasFocus() ? now : undefined;
  }
  function measure() {
    bottom = Math.max(bottom, scrollY + innerHeight);
  }
  for (const name of ["focus", "blur", "visibilitychange"]) addEventListener(name, tick);
  addEventListener("scroll", measure);

  return {
    reset() {
      tick();
      engaged = bottom = reported = 0;
    },
    take() {
      tick();
      measure();
      // The height of now, since pages grow while they load.
      const height = Math.max(document.documentElement.scrollHeight, innerHeight);
      const depth = Math.min(100, Math.round((bottom / height) * 100));
      if (depth <= reported && engaged < 1000) return undefined;
      const duration = Math.round(engaged) / 1000;
      reported = Math.max(depth, reported);
      engaged = 0;
      return { duration, scroll_depth: reported };
    },
  };
}
