// The rules of a site as a form has them: lists are texts with an entry a line.

import { ApiError } from "../../api/client";
import type { Schemas } from "../../api/types";
import { fieldError } from "../../parts/act";

export type Rules = Schemas["SiteSettings"];

export const LISTS = [
  "internal.addresses",
  "internal.hostnames",
  "internal.paths",
  "urls.query",
  "urls.own_hosts",
] as const;
export const PATHS = ["script.path", "script.events_path"] as const;
export type ListField = (typeof LISTS)[number];
export type PathField = (typeof PATHS)[number];

/** Every field that has a place of its own on the form. */
export const FIELDS: readonly string[] = ["robots", "data_centers", ...LISTS, ...PATHS];

export interface RulesForm {
  robots: boolean;
  dataCenters: boolean;
  keepWww: boolean;
  stripSlash: boolean;
  texts: Record<ListField | PathField, string>;
}

export function toForm({ robots, data_centers, internal, urls, script }: Rules): RulesForm {
  return {
    robots: robots === "discard",
    dataCenters: data_centers === "discard",
    keepWww: urls.keep_www,
    stripSlash: urls.strip_trailing_slash,
    texts: {
      "internal.addresses": internal.addresses.map(single).join("\n"),
      "internal.hostnames": internal.hostnames.join("\n"),
      "internal.paths": internal.paths.join("\n"),
      "urls.query": urls.query.join("\n"),
      "urls.own_hosts": urls.own_hosts.join("\n"),
      "script.path": script.path ?? "",
      "script.events_path": script.events_path ?? "",
    },
  };
}

/** A network of one address is that address. */
const single = (network: string) => network.replace(/(?<=\.\d+)\/32$|(?<=:[^/]*)\/128$/, "");

export function fromForm({ robots, dataCenters, keepWww, stripSlash, texts }: RulesForm): Rules {
  const list = (field: ListField) => [
    ...new Set(
      texts[field]
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== ""),
    ),
  ];
  const path = (field: PathField) => (texts[field].trim() === "" ? null : texts[field].trim());
  return {
    robots: robots ? "discard" : "keep",
    data_centers: dataCenters ? "discard" : "keep",
    internal: {
      addresses: list("internal.addresses"),
      hostnames: list("internal.hostnames"),
      paths: list("internal.paths"),
    },
    urls: {
      keep_www: keepWww,
      strip_trailing_slash: stripSlash,
      query: list("urls.query"),
      own_hosts: list("urls.own_hosts"),
    },
    script: { path: path("script.path"), events_path: path("script.events_path") },
  };
}

/** What the server says against a field. What it cannot read at all it puts on the whole. */
export function ruleError(error: unknown, field: string): string | null {
  const own = fieldError(error, field);
  if (own !== null || field !== "internal.addresses" || !(error instanceof ApiError)) return own;
  const address = /'[^']*' is no address or network[^"]*?(?= at line |$)/.exec(error.message);
  return address?.[0] ?? null;
}
