import { useSite } from "../api/site";
import { wallClock } from "../view/dates";
import { useLiveFigures } from "./live-roof";
import { useOutage } from "./use-outage";

/** Says once for the whole page that the server is away, and how old all is that is shown. */
export function OutageBar() {
  const { timezone } = useSite();
  const { state } = useLiveFigures();
  const asOf = useOutage(state);
  return (
    <div role="status" className="no-print">
      {asOf !== null && (
        <p className="border-b border-line bg-brass-soft text-sm text-ink">
          <span className="mx-auto block max-w-[88rem] px-4 py-2 sm:px-6">
            The server does not answer. What is shown is as of {wallClock(timezone, asOf).slice(11)}
            . The page goes on by itself.
          </span>
        </p>
      )}
    </div>
  );
}
