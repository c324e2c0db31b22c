import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Bucket } from "../api/reports";
import { lastHour, lastMinutes, live, totals } from "../api/reports";
import { formatCount, formatRate, formatShort } from "../format";
import { Skeleton } from "../parts/skeleton";

/** What is happening now: the figures that change while you look. */
export function LiveBand({ site }: { site: string }) {
  const now = useQuery(live(site));
  const minutes = useQuery(lastMinutes(site));
  const hour = useQuery(lastHour(site));
  const all = useQuery(totals(site));
  const figures: { label: string; value: string | undefined }[] = [
    { label: "Events a minute", value: now.data && formatRate(now.data.eventsPerMinute) },
    { label: "Visitors, last hour", value: hour.data && formatShort(hour.data.visitors) },
    { label: "Events, last hour", value: hour.data && formatShort(hour.data.events) },
    { label: "Events, last 24 hours", value: all.data && formatShort(all.data.last24Hours) },
    { label: "Events, all time", value: all.data && formatShort(all.data.events) },
  ];
  return (
    <section
      aria-label="Now"
      className="mx-auto max-w-[88rem] px-4 pt-2 pb-6 text-band-ink sm:px-6"
    >
      <div className="flex flex-col gap-x-10 gap-y-5 md:flex-row md:items-end">
        <div className="md:w-56">
          <div
            data-testid="visitors-now"
            className="text-7xl leading-none font-semibold tracking-tight"
          >
            {now.data ? (
              formatShort(now.data.visitors)
            ) : (
              <Skeleton className="h-[0.75em] w-[1.6em]" />
            )}
          </div>
          <p className="mt-2 text-sm text-band-muted">
            {now.data?.visitors === 1 ? "visitor" : "visitors"} in the last 5 minutes
          </p>
          {now.data && (
            <Spoken
              text={`${formatCount(now.data.visitors)} visitors now, ${formatRate(now.data.eventsPerMinute)} events a minute`}
            />
          )}
        </div>
        <Stream buckets={minutes.data} />
      </div>
      <dl className="mt-6 grid grid-cols-2 gap-x-6 gap-y-4 border-t border-band-line pt-4 sm:grid-cols-3 md:grid-cols-5">
        {figures.map(({ label, value }) => (
          <div key={label} className="flex flex-col-reverse">
            <dt className="text-[0.8125rem] text-band-muted">{label}</dt>
            <dd className="text-xl leading-7 font-semibold">
              {value ?? <Skeleton className="h-4 w-16" />}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** The last five minutes, a bar for each ten seconds; the newest is still filling. */
function Stream({ buckets }: { buckets: Bucket[] | undefined }) {
  const largest = Math.max(1, ...(buckets ?? []).map((bucket) => bucket.count));
  const total = (buckets ?? []).reduce((sum, bucket) => sum + bucket.count, 0);
  return (
    <figure className="min-w-0 flex-1">
      <div
        role="img"
        aria-label={buckets ? `${formatCount(total)} events in the last five minutes` : "Loading"}
        className="flex h-20 items-end gap-[2px] sm:gap-[3px]"
      >
        {buckets?.map((bucket, index) => (
          <span
            key={bucket.time}
            className={`min-h-[2px] flex-1 rounded-t-[2px] transition-[height] duration-500 ${index === buckets.length - 1 ? "bg-stream-now" : "bg-stream"}`}
            style={{ height: `${(bucket.count / largest) * 100}%` }}
          />
        ))}
      </div>
      <figcaption className="mt-2 flex justify-between text-[0.8125rem] text-band-muted">
        <span>5 minutes ago</span>
        <span>events, each 10 seconds</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}

/**
 * Tells a screen reader the count, but no more often than it can be listened to: at first, and
 * then four times a minute at most, when it has changed.
 */
function Spoken({ text, everyMs = 15_000 }: { text: string; everyMs?: number }) {
  const [said, setSaid] = useState(text);
  const latest = useRef(text);
  useEffect(() => {
    latest.current = text;
  }, [text]);
  useEffect(() => {
    const timer = setInterval(() => setSaid(latest.current), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return (
    <p aria-live="polite" className="sr-only">
      {said}
    </p>
  );
}
