// Short names for what the API's description calls its bodies.

import type { components } from "./schema";

export type Schemas = components["schemas"];
export type Goal = Schemas["Goal"];
export type Segment = Schemas["Segment"];

/** One filter of the query grammar; nested ones stay as the server has them. */
export type Filter = readonly unknown[];

/** A metric's value: a number, an amount of money, or none. */
export type Cell = number | { value: number; currency: string } | null;

export interface ReportRow {
  metrics: Cell[];
  dimensions: string[];
  comparison?: { metrics: Cell[]; dimensions: string[]; change: (number | null)[] };
}

export interface Report {
  results: ReportRow[];
  meta: {
    as_of: string;
    time_labels?: string[];
    total_rows?: number;
    comparison_date_range?: [string, string];
    metric_warnings?: Record<string, { code: string; warning: string }>;
  };
  query: { date_range: [string, string]; dimensions?: string[] };
}

/** `GET /api/v1/sites/{id}` */
export type Site = Omit<Schemas["SiteDescription"], "access"> & {
  /** What the caller's key opens. */
  access: "public" | "read" | "admin";
};
