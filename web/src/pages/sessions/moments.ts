// Instants as the site's clock shows them, in the reader's locale: the days of a list are those of
// the period that was asked for.

const made = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string, options: Intl.DateTimeFormatOptions, locale?: string) {
  const key = `${locale ?? ""}|${zone}|${JSON.stringify(options)}`;
  let known = made.get(key);
  if (known === undefined) {
    try {
      known = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
    } catch {
      known = new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }); // unknown here
    }
    made.set(key, known);
  }
  return known;
}

const write =
  (options: Intl.DateTimeFormatOptions) =>
  (timestamp: string, zone: string, locale?: string): string => {
    const instant = Date.parse(timestamp);
    return Number.isNaN(instant) ? timestamp : formatter(zone, options, locale).format(instant);
  };

/** `Sat 21 Nov, 22:58` */
export const momentText = write({
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

/** `21 Nov 2026, 22:58:26` */
export const exactMoment = write({ dateStyle: "medium", timeStyle: "medium" });

/** `22:58:26` */
export const clockText = write({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
