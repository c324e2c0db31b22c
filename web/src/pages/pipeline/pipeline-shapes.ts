// `GET /api/v1/pipeline` and what the owner sees beside it. Null is what this process does not know.

export interface PipelineState {
  at: string;
  started_at: string;
  roles: string[];
  queue: {
    kind: string;
    lag_records: number | null;
    lag_seconds: number | null;
    bytes: number | null;
    segments: number | null;
    dead_letters: number | null;
  };
  store: {
    kind: string;
    segments: number | null;
    segment_rows: number | null;
    segment_bytes: number | null;
    tail_rows: number | null;
  };
  disk: {
    data_bytes: number | null;
    free_bytes: number | null;
    total_bytes: number | null;
  } | null;
  totals: {
    accepted: number;
    stored: number;
    rejected: { code: string; count: number }[];
    discarded: { reason: string; count: number }[];
    dead_letters: number;
  };
  history: { interval_seconds: number; points: PipelinePoint[] };
  checks: PipelineCheck[];
}

export interface PipelinePoint {
  at: string;
  accepted: number;
  stored: number;
  rejected: number;
  discarded: number;
  lag_records: number | null;
  lag_seconds: number | null;
}

export interface PipelineCheck {
  part: string;
  status: string;
  message: string;
}

export interface Rejects {
  /** Whether the process keeps copies at all. */
  kept?: boolean;
  rejects: {
    at: string;
    code: string;
    field: string | null;
    message: string;
    sample: string;
  }[];
}

export interface DeadLetters {
  total: number | null;
  /** Letters that nobody can read, of whichever site. */
  unreadable?: number;
  dead_letters: {
    at: string | null;
    reason: string;
    event: { name: string; url: string | null } | null;
    record_bytes: number;
  }[];
}
