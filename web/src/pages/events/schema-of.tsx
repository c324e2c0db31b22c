import type { ReactNode } from "react";
import { useSite } from "../../api/site";
import type { Schemas } from "../../api/types";
import { formatCount, formatPercent } from "../../format";
import { PanelNote } from "../../parts/panel";
import { ScrollBox } from "../../parts/scroll-box";
import { momentText } from "../sessions/moments";
import { propertyText } from "../sessions/sessions-of";
import { driftText, share } from "./schema-words";
import { numberText } from "./trends";

type Event = Schemas["ObservedEvent"];
type Property = Schemas["ObservedProperty"];

const CELL = "px-3 py-2 align-top first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5";

/** The properties of one event's name, what changed in them, and what violates the declaration. */
export function SchemaOf({ event }: { event: Event }) {
  return (
    <>
      <Agreement event={event} />
      {event.properties.length === 0 ? (
        <PanelNote>These events carry no properties.</PanelNote>
      ) : (
        <ScrollBox label={`Properties of ${event.name}`}>
          <table className="w-full border-collapse text-sm">
            <caption className="sr-only">Properties of {event.name}</caption>
            <thead>
              <tr className="border-b border-line text-left text-muted">
                {["Property", "Types", "Of events", "Values", "Most frequent"].map((text) => (
                  <th key={text} scope="col" className={`${CELL} font-medium whitespace-nowrap`}>
                    {text}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {event.properties.map((property) => (
                <Row key={property.name} property={property} events={event.count} />
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
    </>
  );
}

function Row({ property, events }: { property: Property; events: number }) {
  const { minimum, maximum } = property;
  return (
    <tr className="border-b border-line/60 last:border-0">
      <th scope="row" className={`${CELL} max-w-48 text-left font-medium wrap-anywhere`}>
        {property.name}
      </th>
      <td className={CELL}>
        {property.types.map(({ type, count }) => (
          <Tag key={type} warn={property.types.length > 1}>
            {type}
            {property.types.length > 1 && ` ${formatPercent(share(count, property.count))}`}
          </Tag>
        ))}
      </td>
      <td className={CELL}>{formatPercent(share(property.count, events))}</td>
      <td className={`${CELL} whitespace-nowrap`}>
        {property.cardinality_error > 0 ? "about " : ""}
        {formatCount(property.cardinality)}
        {minimum !== null && maximum !== null && (
          <span className="block text-[0.8125rem] text-muted">
            {numberText(minimum)} – {numberText(maximum)}
          </span>
        )}
      </td>
      <td className={`${CELL} max-w-80`}>
        {property.values.slice(0, 4).map(({ value, count }) => (
          <span
            key={propertyText(value)}
            className="mr-1.5 mb-1 inline-block max-w-full truncate rounded bg-ground px-2 py-0.5 align-bottom text-[0.8125rem]"
            title={`${propertyText(value)}: ${formatCount(count)}`}
          >
            {propertyText(value)}
          </span>
        ))}
      </td>
    </tr>
  );
}

function Agreement({ event }: { event: Event }) {
  const { timezone } = useSite();
  const declared = event.mode !== null;
  return (
    <div className="flex flex-col gap-2 border-b border-line px-4 py-3 text-sm sm:px-5">
      <p>
        {!declared ? (
          <span className="text-muted">
            Nothing is declared for this event: this is what the stored ones show.
          </span>
        ) : event.violating === 0 ? (
          <>
            <Tag>{event.mode}</Tag> All {formatCount(event.count)} events agree with the declared
            schema.
          </>
        ) : (
          <>
            <Tag warn>{event.mode}</Tag>{" "}
            <strong className="font-semibold text-fault">
              {formatCount(event.violating)} of {formatCount(event.count)} events
            </strong>{" "}
            violate the declared schema.
          </>
        )}
      </p>
      {event.violations.length > 0 && (
        <ul aria-label="Violations" className="flex flex-col gap-1">
          {event.violations.map((violation) => (
            <li key={`${violation.property} ${violation.problem}`} className="wrap-anywhere">
              {violation.message}
              <span className="text-muted">
                {" "}
                · {formatCount(violation.count)} times, the last{" "}
                {momentText(violation.last_seen, timezone)}
                {violation.sample !== null && `, as ${propertyText(violation.sample)}`}
              </span>
            </li>
          ))}
        </ul>
      )}
      {event.drift.length > 0 && (
        <ul aria-label="Changes" className="flex flex-col gap-1">
          {event.drift.map((drift) => (
            <li key={`${drift.property} ${drift.change} ${drift.at}`} className="wrap-anywhere">
              <span aria-hidden="true" className="mr-1.5 text-brass">
                △
              </span>
              {driftText(drift)}
              <span className="text-muted"> · {momentText(drift.at, timezone)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Tag({ warn = false, children }: { warn?: boolean; children: ReactNode }) {
  return (
    <span
      className={`mr-1.5 inline-block rounded px-2 py-0.5 text-[0.8125rem] ${warn ? "bg-brass-soft text-brass" : "bg-race-soft"}`}
    >
      {children}
    </span>
  );
}
