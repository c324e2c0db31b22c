import { useReport } from "../../api/report";
import { useSite } from "../../api/site";
import { askedComparison } from "../../view/comparison";
import { useView } from "../../view/use-view";

/**
 * The period to compare with as two instants, for reports that do not compare by themselves; null
 * while it is not known, or where nothing is compared. The server says which it is: it knows the
 * site's clock.
 */
export function useComparedRange(): readonly [string, string] | null {
  const { timezone } = useSite();
  const [view] = useView();
  const report = useReport({ metrics: ["visitors"] });
  if (askedComparison(view, timezone) === undefined) return null;
  return report.data?.meta.comparison_date_range ?? null;
}
