import { formatRate } from "../../format";
import { ScrollBox } from "../../parts/scroll-box";
import { dayText, heat, hourShort, hourText, summary, type Week } from "./week";

/** A table of hours: the colour shows what the cells say. */
export function HeatMap({ week, unit }: { week: Week; unit: string }) {
  const { highest, days, hours } = summary(week);
  const dayMost = Math.max(...days, 1e-9);
  const hourMost = Math.max(...hours, 1e-9);
  return (
    <ScrollBox label={`${unit} by day and hour`} className="px-4 pb-3 sm:px-5">
      <table className="w-full min-w-[46rem] table-fixed border-separate border-spacing-[3px] text-[0.8125rem]">
        <caption className="sr-only">The mean of {unit} in each hour of the week</caption>
        <colgroup>
          <col className="w-14" />
          {hours.map((_, hour) => (
            <col key={hourShort(hour)} />
          ))}
          <col className="w-28" />
        </colgroup>
        <thead>
          <tr className="align-bottom text-muted">
            <th scope="col">
              <span className="sr-only">Day</span>
            </th>
            {hours.map((mean, hour) => (
              <th
                key={hourShort(hour)}
                scope="col"
                className="overflow-visible pb-1 text-center text-xs font-normal whitespace-nowrap"
              >
                <span
                  aria-hidden="true"
                  className="mx-auto mb-1 block w-2/3 rounded-t-[2px] bg-stream/60"
                  style={{ height: `${Math.round((mean / hourMost) * 34)}px` }}
                />
                <span className={hour % 3 === 0 ? "" : "sr-only"}>{hourShort(hour)}</span>
                {hour % 3 !== 0 && <span aria-hidden="true">&nbsp;</span>}
              </th>
            ))}
            <th scope="col" className="pb-1 pl-2 text-left text-xs font-normal whitespace-nowrap">
              an hour
            </th>
          </tr>
        </thead>
        <tbody>
          {week.map(({ day, hours: cells }, index) => (
            <tr key={day} className="h-8">
              <th scope="row" className="pr-2 text-left font-normal text-muted">
                {dayText(index, "short")}
              </th>
              {cells.map(({ hour, mean }) => (
                <td
                  key={hour}
                  className={`rounded-[4px] p-0 transition-transform hover:scale-110 ${mean === null ? "border border-dashed border-line" : ""}`}
                  style={{
                    background: `color-mix(in srgb, var(--race) ${heat(mean, highest)}%, var(--ground))`,
                  }}
                  title={`${dayText(index, "long")}, ${hourText(hour)}: ${mean === null ? "not in this period" : `${formatRate(mean)} ${unit}`}`}
                >
                  <span className="sr-only">{mean === null ? "none" : formatRate(mean)}</span>
                </td>
              ))}
              <td className="pl-2 text-right">
                <DayBar share={(days[index] ?? 0) / dayMost} />
                {formatRate(days[index] ?? 0)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p
        aria-hidden="true"
        className="mt-1 flex items-center justify-end gap-1.5 text-xs text-muted"
      >
        less
        {[0, 0.1, 0.3, 0.55, 0.8, 1].map((share) => (
          <span
            key={share}
            className="size-3.5 rounded-[3px]"
            style={{
              background: `color-mix(in srgb, var(--race) ${heat(share, 1)}%, var(--ground))`,
            }}
          />
        ))}
        more
      </p>
    </ScrollBox>
  );
}

function DayBar({ share }: { share: number }) {
  return (
    <span aria-hidden="true" className="float-left mt-1.5 h-1.5 w-12">
      <span
        className="block h-full rounded-full bg-stream/60"
        style={{ width: `${share * 100}%` }}
      />
    </span>
  );
}
