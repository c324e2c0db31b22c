// A segment that is deleted, or never was, leaves the URL: the server refuses every report with it.

import { useEffect, useState } from "react";
import { useSegments } from "../api/site";
import { QUIET } from "../parts/menu";
import { useView } from "../view/use-view";

export function SegmentNotice() {
  const [view, setView] = useView();
  const { segment } = view;
  const { data, error, refetch } = useSegments();
  const [gone, setGone] = useState<number | null>(null);
  const failed = error !== null;
  const missing =
    segment !== null && data !== undefined && !data.segments.some(({ id }) => id === segment);
  useEffect(() => {
    if (!missing || failed) return undefined;
    let current = true;
    const look = async () => {
      // The list may be older than the segment: without it in a new one, it is none.
      const { data: fresh, isSuccess } = await refetch();
      if (!current || !isSuccess || fresh.segments.some(({ id }) => id === segment)) return;
      setGone(segment);
      setView({ segment: null }, { replace: true });
    };
    void look();
    return () => {
      current = false;
    };
  }, [missing, failed, segment, refetch, setView]);
  const shown = gone !== null && segment === null;
  return (
    <div role="status" className="no-print mx-auto max-w-[88rem] px-4 sm:px-6">
      {shown && (
        <p className="mt-4 flex items-center justify-between gap-3 rounded-lg border border-line bg-brass-soft px-4 py-2 text-sm sm:px-5">
          There is no segment {gone}, or no longer: this is shown without it.
          <button type="button" className={QUIET} onClick={() => setGone(null)}>
            Close
          </button>
        </p>
      )}
    </div>
  );
}
