// Numbers and dates in the reader's locale and time zone. Formatters are costly to make: each is
// made once a locale.

const cached = <T>(make: (locale: string | undefined) => T) => {
  const made = new Map<string | undefined, T>();
  return (locale?: string): T => {
    let formatter = made.get(locale);
    if (formatter === undefined) made.set(locale, (formatter = make(locale)));
    return formatter;
  };
};

const whole = cached((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }));
const rate = cached(
  (locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 1, minimumFractionDigits: 1 }),
);
const compact = cached(
  (locale) => new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 }),
);
const percent = cached(
  (locale) => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }),
);
const relative = cached(
  (locale) => new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "narrow" }),
);
const moment = cached(
  (locale) => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" }),
);

/** `1,234,567`: every digit counts. */
export function formatCount(value: number, locale?: string): string {
  return whole(locale).format(value);
}

/** `1.2M`: from 100,000 on, where the digits no longer fit a tile or an axis. */
export function formatShort(value: number, locale?: string): string {
  return Math.abs(value) < 100_000 ? formatCount(value, locale) : compact(locale).format(value);
}

/** `42.5`, and `1,204` where a decimal says nothing more. */
export function formatRate(value: number, locale?: string): string {
  return value >= 100 || value === 0 ? formatCount(value, locale) : rate(locale).format(value);
}

export function formatShare(part: number, total: number, locale?: string): string {
  return percent(locale).format(total > 0 ? part / total : 0);
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `now`, `12s ago`, `3h ago`. A clock that is a few seconds ahead of the server's is `now`. */
export function formatAgo(timestamp: string, now: number, locale?: string): string {
  const then = Date.parse(timestamp);
  if (Number.isNaN(then)) return timestamp;
  const elapsed = now - then;
  const distance = Math.abs(elapsed);
  const say = (unit: Intl.RelativeTimeFormatUnit, width: number) =>
    relative(locale).format(-Math.sign(elapsed) * Math.floor(distance / width), unit);
  if (distance < 2 * SECOND || (elapsed < 0 && distance < MINUTE)) {
    return relative(locale).format(0, "second");
  }
  if (distance < MINUTE) return say("second", SECOND);
  if (distance < HOUR) return say("minute", MINUTE);
  if (distance < DAY) return say("hour", HOUR);
  return say("day", DAY);
}

/** `Nov 20, 2026, 10:04:31 AM`. */
export function formatMoment(timestamp: string, locale?: string): string {
  const then = Date.parse(timestamp);
  return Number.isNaN(then) ? timestamp : moment(locale).format(then);
}

/** The address when it is one a browser may open by a click, else null. */
export function safeLink(url: string): string | null {
  if (!/^https?:\/\//i.test(url)) return null;
  try {
    const parsed = new URL(url);
    return parsed.protocol === "http:" || parsed.protocol === "https:" ? parsed.href : null;
  } catch {
    return null;
  }
}

/** `2m 07s`, `41s`, `1h 03m`: a length of time in seconds. */
export function formatDuration(seconds: number, locale?: string): string {
  const length = Math.max(0, Math.round(seconds));
  if (length < 60) return `${formatCount(length, locale)}s`;
  if (length < 3_600) return `${Math.floor(length / 60)}m ${twoDigits(length % 60)}s`;
  const hours = formatCount(Math.floor(length / 3_600), locale);
  return `${hours}h ${twoDigits(Math.floor((length % 3_600) / 60))}m`;
}

function twoDigits(part: number): string {
  return String(part).padStart(2, "0");
}

/** `24%`, of a number that is percent already. */
export function formatPercent(value: number, locale?: string): string {
  return percent(locale).format(value / 100);
}

/** `1.2 MB`: a size of files, in powers of ten as disks are sold. */
export function formatBytes(bytes: number, locale?: string): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
  const power = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: units[power] ?? "byte",
    unitDisplay: "short",
    maximumFractionDigits: power === 0 ? 0 : 1,
  }).format(bytes / 1_000 ** power);
}

/** An amount in its own currency; of an unknown one, the code beside it. */
export function formatMoney(value: number, currency: string, locale?: string): string {
  try {
    return new Intl.NumberFormat(locale, { style: "currency", currency }).format(value);
  } catch {
    return `${formatCount(value, locale)} ${currency}`;
  }
}
