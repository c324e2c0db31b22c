import type { ReactNode } from "react";
import { formatBytes, formatCount, formatShare } from "../../format";
import { Panel, PanelNote } from "../../parts/panel";
import type { PipelineCheck, PipelineState } from "./pipeline-shapes";
import { UNKNOWN } from "./state-tiles";

type Row = [text: string, value: string | null];

const count = (value: number | null) => (value === null ? null : formatCount(value));
const bytes = (value: number | null) => (value === null ? null : formatBytes(value));

const KINDS: Record<string, string> = {
  disk: "files on the disk",
  redis: "Redis",
  none: "none",
  lake: "the embedded store",
  postgres: "PostgreSQL",
};

/** Queue, store and disk. */
export function PartsOfIt({ state }: { state: PipelineState }) {
  const { queue, store, disk } = state;
  return (
    <div className="grid gap-4 md:grid-cols-3">
      <Facts
        title="Queue"
        note={KINDS[queue.kind] ?? queue.kind}
        rows={[
          ["Size", bytes(queue.bytes)],
          ["Segments", count(queue.segments)],
          ["Dead letters", count(queue.dead_letters)],
        ]}
      />
      <Facts
        title="Store"
        note={KINDS[store.kind] ?? store.kind}
        rows={[
          ["Events in segments", count(store.segment_rows)],
          ["Segments", count(store.segments)],
          ["Size", bytes(store.segment_bytes)],
          ["Events in memory", count(store.tail_rows)],
        ]}
      />
      {disk === null ? (
        <Panel title="Disk">
          <PanelNote>This process keeps no files.</PanelNote>
        </Panel>
      ) : (
        <Facts
          title="Disk"
          rows={[
            ["Millrace's files", bytes(disk.data_bytes)],
            ["Free", bytes(disk.free_bytes)],
            ["In all", bytes(disk.total_bytes)],
          ]}
        >
          <Filled disk={disk} />
        </Facts>
      )}
    </div>
  );
}

function Facts({
  title,
  note,
  rows,
  children,
}: {
  title: string;
  note?: string;
  rows: readonly Row[];
  children?: ReactNode;
}) {
  return (
    <Panel title={title} {...(note === undefined ? {} : { note })}>
      <dl className="px-4 pb-3 text-sm sm:px-5">
        {rows.map(([text, value]) => (
          <div
            key={text}
            className="flex justify-between gap-3 border-b border-line/60 py-1.5 last:border-0"
          >
            <dt className="text-muted">{text}</dt>
            <dd className={value === null ? "text-muted" : "font-medium"}>{value ?? UNKNOWN}</dd>
          </div>
        ))}
      </dl>
      {children}
    </Panel>
  );
}

function Filled({ disk }: { disk: NonNullable<PipelineState["disk"]> }) {
  const { free_bytes: free, total_bytes: total } = disk;
  if (free === null || total === null || total <= 0) return null;
  const used = total - free;
  return (
    <div className="px-4 pb-4 sm:px-5">
      <meter
        className="sr-only"
        min={0}
        max={total}
        value={used}
        aria-label={`${formatShare(used, total)} of the disk is used`}
      />
      <div aria-hidden="true" className="h-2 overflow-hidden rounded bg-race-soft">
        <div
          className={`h-full ${free / total < 0.1 ? "bg-fault" : "bg-race"}`}
          style={{ width: `${(used / total) * 100}%` }}
        />
      </div>
      <p className="mt-1 text-xs text-muted">{formatShare(used, total)} used</p>
    </div>
  );
}

const STATUS: Record<string, { sign: string; text: string; className: string }> = {
  ok: { sign: "✓", text: "ok", className: "text-good" },
  warning: { sign: "!", text: "warning", className: "text-brass" },
  failed: { sign: "✕", text: "failed", className: "text-fault" },
};

/** What `millrace doctor` would say that may be said here. The worst stands first. */
export function Checks({ checks }: { checks: readonly PipelineCheck[] }) {
  return (
    <Panel title="What doctor says" note={verdict(checks)}>
      {checks.length === 0 ? (
        <PanelNote>Nothing is checked by this process.</PanelNote>
      ) : (
        <ul className="px-4 pb-3 text-sm sm:px-5">
          {worstFirst(checks).map(({ part, status, message }) => {
            const known = STATUS[status] ?? { sign: "?", text: status, className: "text-muted" };
            return (
              <li
                key={`${part}${message}`}
                className="grid grid-cols-[5.5rem_4.5rem_minmax(0,1fr)] gap-3 border-b border-line/60 py-1.5 last:border-0"
              >
                <span className={`font-medium ${known.className}`}>
                  <span aria-hidden="true" className="mr-1.5 inline-block w-3 text-center">
                    {known.sign}
                  </span>
                  {known.text}
                </span>
                <span className="text-muted">{part}</span>
                <span className="wrap-anywhere">{message}</span>
              </li>
            );
          })}
        </ul>
      )}
    </Panel>
  );
}

const ORDER = ["failed", "warning", "ok"];
const rank = ({ status }: PipelineCheck) => {
  const at = ORDER.indexOf(status);
  return at < 0 ? ORDER.length : at;
};

export function worstFirst(checks: readonly PipelineCheck[]): PipelineCheck[] {
  return checks.toSorted((one, other) => rank(one) - rank(other));
}

export function verdict(checks: readonly PipelineCheck[]): string {
  const failed = checks.filter(({ status }) => status === "failed").length;
  const warnings = checks.filter(({ status }) => status === "warning").length;
  if (failed > 0) return `${failed} failed`;
  if (warnings > 0) return warnings === 1 ? "1 warning" : `${warnings} warnings`;
  return checks.length === 0 ? "" : "all is well";
}
