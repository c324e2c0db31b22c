// Whether the server is away, for the page as a whole. One question is the judge, that about the
// site: it is asked again until it is answered, and then so is all that failed meanwhile.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { failureOf } from "../api/client";
import type { LiveState } from "../api/live";
import { siteOptions, useSite } from "../api/site";

/** A stream that is gone for less is one that is opened again. */
const PROBE_MS = 3_000;
/** And then the server is asked, which takes a moment. */
const PATIENCE_MS = 4_000;

interface Signs {
  /** Whether the question about the site got no answer. */
  failing: boolean;
  /** When the live stream went, having been there. */
  leftAt: number | null;
  /** When the server last answered about the site. */
  answeredAt: number;
  now: number;
}

export function isAway({ failing, leftAt, answeredAt, now }: Signs): boolean {
  return failing || (leftAt !== null && now - leftAt >= PATIENCE_MS && answeredAt <= leftAt);
}

/** As of when all that is shown is, where the server is away; null where it is not. */
export function useOutage(live: LiveState): number | null {
  const { id } = useSite();
  const queries = useQueryClient();
  const site = useQuery(siteOptions(id));
  const failing = failureOf(site.error) === "away";

  const [leftAt, setLeftAt] = useState<number | null>(null);
  const [now, setNow] = useState(() => Date.now());
  const was = useRef<LiveState>(live);
  useEffect(() => {
    if (was.current === "live" && live === "connecting") setLeftAt(Date.now());
    if (live !== "connecting") setLeftAt(null);
    was.current = live;
  }, [live]);
  useEffect(() => {
    if (leftAt === null) return undefined;
    const probe = setTimeout(() => {
      void queries.refetchQueries({ queryKey: [id, "site"] }, { cancelRefetch: false });
    }, PROBE_MS);
    const look = setTimeout(() => setNow(Date.now()), PATIENCE_MS);
    return () => {
      clearTimeout(probe);
      clearTimeout(look);
    };
  }, [leftAt, id, queries]);

  // Any other question that gets no answer is reason to put this one.
  useEffect(
    () =>
      queries.getQueryCache().subscribe((event) => {
        if (event.type !== "updated" || event.action.type !== "error") return;
        if (failureOf(event.action.error) !== "away") return;
        if (failureOf(queries.getQueryState([id, "site"])?.error) === "away") return;
        void queries.refetchQueries({ queryKey: [id, "site"] }, { cancelRefetch: false });
      }),
    [id, queries],
  );

  const away = isAway({ failing, leftAt, answeredAt: site.dataUpdatedAt, now });
  const [asOf, setAsOf] = useState<number | null>(null);
  useEffect(() => {
    if (away) {
      const answered = queries
        .getQueryCache()
        .findAll({ queryKey: [id] })
        .map(({ state }) => state.dataUpdatedAt);
      setAsOf(Math.max(leftAt ?? 0, ...answered));
      return;
    }
    setAsOf(null);
    void queries.refetchQueries({
      queryKey: [id],
      type: "active",
      predicate: ({ state }) => failureOf(state.error) === "away",
    });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- what was known when it went, no later
  }, [away]);
  return away ? asOf : null;
}
