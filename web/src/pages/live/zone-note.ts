import { wallClock } from "../../view/dates";

/** Names the zone of the times beside it, where the reader's clock shows another time. */
export function zoneNote(
  zone: string,
  now = Date.now(),
  own = Intl.DateTimeFormat().resolvedOptions().timeZone,
): string {
  return wallClock(zone, now) === wallClock(own, now) ? "" : `; times of ${zone}`;
}
