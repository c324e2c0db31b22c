// The site's date, as long as a page stays open: what is asked for by a name, such as yesterday, is
// something else after the site's midnight.

import { useEffect, useState } from "react";
import { today, wallClock } from "./dates";

const QUARTER_MS = 900_000;
/** Beyond midnight, so that a timer that is a little early does not find the day before. */
const MARGIN_MS = 500;

/** How long until one looks at the date again: until midnight, or a quarter of an hour. */
export function untilTomorrow(zone: string, now = Date.now()): number {
  const [hours = 0, minutes = 0, seconds = 0] = wallClock(zone, now)
    .slice(11)
    .split(":")
    .map(Number);
  const left = 86_400_000 - ((hours * 60 + minutes) * 60 + seconds) * 1_000 - (now % 1_000);
  return Math.min(left + MARGIN_MS, QUARTER_MS);
}

/** The date in `zone`; another one, and a new drawing, at its midnight. */
export function useToday(zone: string): string {
  const [, setDay] = useState(() => today(zone));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      clearTimeout(timer);
      setDay(today(zone));
      timer = setTimeout(look, untilTomorrow(zone));
    };
    look();
    // A machine that slept has missed its timers.
    document.addEventListener("visibilitychange", look);
    window.addEventListener("focus", look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
      window.removeEventListener("focus", look);
    };
  }, [zone]);
  return today(zone);
}
