// What a page on paper is about: on the screen the head and the toolbar say it.

import { useSegments, useSite } from "../api/site";
import { filterText } from "../view/filters";
import { valueText } from "../view/names";
import { datesOf, periodText } from "../view/period";
import { useView } from "../view/use-view";
import { askedComparison } from "../view/comparison";
import type { View } from "../view/view";

export interface Printed {
  site: string;
  zone: string;
  view: View;
  segment: string | null;
  /** Whether the page is about the view's period, and shows the compared one beside it. */
  period: boolean;
  compares: boolean;
}

/** `demo · 15 – 21 Nov 2026 (Last 7 days), days of Europe/Berlin · Source is Google`. */
export function printedText(of: Printed, now = Date.now(), locale?: string): string {
  const { view } = of;
  const parts = [of.site];
  if (of.period) {
    const dates = datesOf(view.period, of.zone, now);
    const name = periodText(view.period, locale);
    const written = dates === null ? name : periodText(dates, locale);
    const called = written === name ? written : `${written} (${name})`;
    parts.push(`${called}, days of ${of.zone}`);
  } else parts.push(`times of ${of.zone}`);
  parts.push(...view.filters.map((filter) => filterText(filter, valueText)));
  if (of.segment !== null) parts.push(`segment “${of.segment}”`);
  if (of.period && of.compares && askedComparison(view, of.zone, now) !== undefined) {
    const { comparison } = view;
    const other =
      typeof comparison === "object"
        ? periodText(comparison, locale)
        : { none: "", previous: "the previous period", year: "a year before" }[comparison];
    const matched = view.matchWeekday ? ", from the same day of the week" : "";
    parts.push(`compared with ${other}${matched}`);
  }
  return parts.join(" · ");
}

export function PrintLine({ period, compares }: { period: boolean; compares: boolean }) {
  const site = useSite();
  const [view] = useView();
  const segments = useSegments();
  const segment =
    view.segment === null
      ? null
      : (segments.data?.segments.find(({ id }) => id === view.segment)?.name ??
        String(view.segment));
  const text = printedText({ site: site.id, zone: site.timezone, view, segment, period, compares });
  // Written by the style sheet, so that on the screen nothing says it a second time.
  return (
    <p
      aria-hidden="true"
      className="print-line mx-auto max-w-[88rem] px-4 sm:px-6"
      data-text={text}
    />
  );
}
