import { wallClock } from "../../view/dates";

/** What an instant is on the site's clock, in the reader's words; midnight is the day alone. */
export function onSiteClock(instant: string, zone: string, locale?: string): string {
  const at = Date.parse(instant);
  if (Number.isNaN(at)) return instant;
  const midnight = wallClock(zone, at).slice(11) === "00:00:00";
  const known = zones().includes(zone) ? zone : "UTC";
  return new Intl.DateTimeFormat(locale, {
    dateStyle: "medium",
    ...(midnight ? {} : { timeStyle: "short" }),
    timeZone: known,
  }).format(at);
}

/** The zones that this browser knows. */
export function zones(): string[] {
  return [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone")])];
}

/** Zones by what stands before their slash, for a list that one can find something in. */
export function zoneGroups(current: string): [group: string, zones: string[]][] {
  const groups = new Map<string, string[]>();
  for (const zone of [...new Set([...zones(), current])].toSorted()) {
    const group = zone.includes("/") ? zone.slice(0, zone.indexOf("/")) : "";
    groups.set(group, [...(groups.get(group) ?? []), zone]);
  }
  return [...groups].toSorted(([one], [other]) => one.localeCompare(other));
}
