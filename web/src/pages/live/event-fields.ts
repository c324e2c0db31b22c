// What is known of an event, in the order in which one asks; each with the filter that finds its
// like, where there is one.

import { formatDuration, formatMoney, safeLink } from "../../format";
import { isObject } from "../../api/client";
import { PROPERTY } from "../../view/filters";
import { countryName, languageName } from "../../view/names";
import { exactMoment } from "../sessions/moments";
import type { StreamEvent } from "./stream";

export interface Field {
  key: string;
  label: string;
  text: string;
  /** Where the text leads, where it is an address. */
  href?: string | null;
  filter?: { dimension: string; value: string };
}

const KNOWN: readonly [key: string, label: string, dimension?: string][] = [
  ["timestamp", "Happened"],
  ["received_at", "Arrived"],
  ["host", "Hostname", "event:hostname"],
  ["path", "Page", "event:page"],
  ["url", "Address"],
  ["title", "Title"],
  ["element", "Element", "event:element"],
  ["duration", "Duration"],
  ["revenue", "Revenue"],
  ["scroll_depth", "Scroll depth"],
  ["user_id", "User"],
  ["anonymous_id", "Anonymous id"],
  ["visitor_id", "Visitor"],
  ["session_id", "Session"],
  ["source", "Source", "visit:source"],
  ["channel", "Channel", "visit:channel"],
  ["referrer", "Referrer"],
  ["utm_source", "UTM source", "visit:utm_source"],
  ["utm_medium", "UTM medium", "visit:utm_medium"],
  ["utm_campaign", "UTM campaign", "visit:utm_campaign"],
  ["utm_content", "UTM content", "visit:utm_content"],
  ["utm_term", "UTM term", "visit:utm_term"],
  ["country", "Country", "visit:country"],
  ["region", "Region", "visit:region"],
  ["city", "City", "visit:city"],
  ["browser", "Browser", "visit:browser"],
  ["os", "System", "visit:os"],
  ["device", "Device", "visit:device"],
  ["screen", "Screen"],
  ["language", "Language", "visit:language"],
  ["event_id", "Event id"],
];

/** `zone` is the site's: times are by its clock. */
export function fieldsOf(event: StreamEvent, zone: string): Field[] {
  return KNOWN.flatMap(([key, label, dimension]): Field[] => {
    const value = event.all[key];
    const text = written(key, value, zone);
    if (text === null) return [];
    if (key === "url" && text.startsWith("/")) {
      return [{ key, label: "Page", text, filter: { dimension: "event:page", value: text } }];
    }
    return [
      {
        key,
        label,
        text,
        ...(["url", "referrer"].includes(key) ? { href: safeLink(text) } : {}),
        ...(dimension !== undefined && typeof value === "string"
          ? { filter: { dimension, value } }
          : {}),
      },
    ];
  });
}

function written(key: string, value: unknown, zone: string): string | null {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "string" && ["timestamp", "received_at"].includes(key)) {
    return exactMoment(value, zone);
  }
  if (key === "duration" && typeof value === "number") {
    return value < 10 ? `${value}s` : formatDuration(value);
  }
  if (key === "scroll_depth" && typeof value === "number") return `${value}%`;
  if (key === "country" && typeof value === "string") return countryName(value);
  if (key === "language" && typeof value === "string") return languageName(value);
  if (key === "revenue" && isObject(value)) {
    const { amount, currency } = value;
    return formatMoney(Number(amount), String(currency));
  }
  return propertyText(value);
}

export function propertyText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function propertiesOf(event: StreamEvent): Field[] {
  return Object.entries(event.properties).map(([key, value]) => {
    const text = propertyText(value);
    return {
      key,
      label: key,
      text,
      href: safeLink(text),
      filter: { dimension: `${PROPERTY}${key}`, value: text },
    };
  });
}
