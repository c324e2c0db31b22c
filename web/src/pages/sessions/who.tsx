import { CountryFlag } from "../../parts/country-flag";
import { countryName } from "../../view/names";
import { hueOf, known } from "./sessions-of";

/** A visitor: the person's own id where the site says it, else the beginning of their number. */
export function Who({ visitor, user }: { visitor: string; user: string | null }) {
  return (
    <span className="inline-flex max-w-44 min-w-0 items-center gap-2 align-bottom">
      <span
        aria-hidden="true"
        className="size-2.5 shrink-0 rounded-full"
        style={{ background: `oklch(0.66 0.11 ${hueOf(visitor)})` }}
      />
      <span className={`truncate ${user === null ? "font-mono text-[0.8125rem]" : ""}`}>
        {user ?? visitor.slice(0, 8)}
      </span>
    </span>
  );
}

/** A country with its flag; a dash where it is not known. */
export function Country({ code, city }: { code: string | null; city?: string | null }) {
  const country = known(code);
  if (country === null) return <span className="text-muted">–</span>;
  const place = known(city ?? null);
  return (
    <span className="whitespace-nowrap">
      <CountryFlag code={country} />{" "}
      {place === null ? countryName(country) : `${place}, ${countryName(country)}`}
    </span>
  );
}
