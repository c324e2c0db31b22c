// Metrics as the reader meets them: their names, and how their values are written.

import { numberOf } from "../api/report";
import type { Cell } from "../api/types";
import {
  formatCount,
  formatDuration,
  formatMoney,
  formatPercent,
  formatRate,
  formatShort,
} from "../format";

type Kind = "count" | "rate" | "percent" | "fine_percent" | "duration" | "money";

export const METRICS = {
  visitors: { text: "Visitors", unit: "visitors", kind: "count", lessIsBetter: false },
  visits: { text: "Visits", unit: "visits", kind: "count", lessIsBetter: false },
  pageviews: { text: "Pageviews", unit: "pageviews", kind: "count", lessIsBetter: false },
  views_per_visit: { text: "Views a visit", unit: "views", kind: "rate", lessIsBetter: false },
  bounce_rate: { text: "Bounce rate", unit: "", kind: "percent", lessIsBetter: true },
  visit_duration: { text: "Visit duration", unit: "", kind: "duration", lessIsBetter: false },
  events: { text: "Events", unit: "events", kind: "count", lessIsBetter: false },
  events_per_minute: {
    text: "Events a minute",
    unit: "a minute",
    kind: "rate",
    lessIsBetter: false,
  },
  scroll_depth: { text: "Scroll depth", unit: "", kind: "percent", lessIsBetter: false },
  time_on_page: { text: "Time on page", unit: "", kind: "duration", lessIsBetter: false },
  conversion_rate: {
    text: "Conversion rate",
    unit: "",
    kind: "fine_percent",
    lessIsBetter: false,
  },
  group_conversion_rate: {
    text: "Conversion rate",
    unit: "",
    kind: "fine_percent",
    lessIsBetter: false,
  },
  percentage: { text: "Share", unit: "", kind: "percent", lessIsBetter: false },
  average_revenue: { text: "Average revenue", unit: "", kind: "money", lessIsBetter: false },
  total_revenue: { text: "Revenue", unit: "", kind: "money", lessIsBetter: false },
  avg_duration: { text: "Average duration", unit: "", kind: "duration", lessIsBetter: false },
} as const satisfies Record<
  string,
  { text: string; unit: string; kind: Kind; lessIsBetter: boolean }
>;

export type MetricId = keyof typeof METRICS;

/** Where a goal is filtered by, whoever is counted has reached it. */
const CONVERSIONS: { readonly [metric in MetricId]?: { text: string; unit: string } } = {
  visitors: { text: "Unique conversions", unit: "conversions" },
  events: { text: "Total conversions", unit: "conversions" },
};

/** What a metric is called, `converting` where a goal is filtered by. */
export const metricName = (metric: MetricId, converting = false) =>
  (converting ? CONVERSIONS[metric] : undefined) ?? METRICS[metric];

/** Whether a metric is percent by itself: it changes by points. */
export const isPercent = (metric: MetricId): boolean =>
  METRICS[metric].kind === "percent" || METRICS[metric].kind === "fine_percent";

export const isMetric = (text: string): text is MetricId => Object.hasOwn(METRICS, text);

/** `5.8K`, `24%`, `2m 07s`: a value in little room; `–` where there is none. */
export function metricShort(metric: MetricId, cell: Cell | undefined): string {
  const value = numberOf(cell);
  if (value === null || cell === undefined || cell === null) return "–";
  switch (METRICS[metric].kind) {
    case "count":
      return formatShort(value);
    case "rate":
      return formatRate(value);
    case "percent":
      return formatPercent(value);
    case "fine_percent":
      return finePercent(value);
    case "duration":
      return formatDuration(value);
    case "money":
      return typeof cell === "number" ? formatCount(value) : formatMoney(value, cell.currency);
  }
}

/** The same with every digit and its unit: `5,762 visitors`. */
export function metricText(metric: MetricId, cell: Cell | undefined, converting = false): string {
  const { kind } = METRICS[metric];
  const { unit } = metricName(metric, converting);
  const value = numberOf(cell);
  if (value === null) return "no data";
  const text = kind === "count" ? formatCount(value) : metricShort(metric, cell);
  return unit === ""
    ? text
    : `${text} ${value === 1 && kind === "count" ? unit.replace(/s$/, "") : unit}`;
}

/** One decimal: between 2.1 and 2.9 % lies a third of the sales. */
function finePercent(percent: number): string {
  return new Intl.NumberFormat(undefined, {
    style: "percent",
    maximumFractionDigits: 1,
    minimumFractionDigits: percent === 0 || percent === 100 ? 0 : 1,
  }).format(percent / 100);
}
