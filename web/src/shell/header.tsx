import { Link, useNavigate } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { ask } from "../api/client";
import { embedded } from "../api/key";
import { useSite } from "../api/site";
import type { Schemas, Site } from "../api/types";
import { formatCount } from "../format";
import { Menu } from "../parts/menu";
import { PAGES } from "../routes";
import { useSearch, useView } from "../view/use-view";
import type { Search } from "../view/view";
import { useLiveFigures } from "./live-roof";
import { Mark } from "./mark";
import { Share } from "./share";
import { type Theme, useTheme } from "./theme";

/** What goes along from page to page: the view, not what is open on one of them. */
const CARRIED: ReadonlySet<string> = new Set([
  "period",
  "from",
  "to",
  "compare",
  "compare_from",
  "compare_to",
  "match",
  "f",
  "segment",
  "theme",
]);

export function carried(search: Search): Search {
  return Object.fromEntries(Object.entries(search).filter(([key]) => CARRIED.has(key)));
}

export function Header({ page }: { page: string }) {
  const site = useSite();
  const search = useSearch();
  const roof = embedded() ? "/embed" : "/sites";
  return (
    <header className="bg-band text-band-ink">
      <div className="mx-auto flex h-14 max-w-[88rem] items-center gap-3 px-4 sm:px-6">
        <Mark />
        <Link
          to="/"
          className="hidden text-[1.0625rem] font-semibold tracking-tight sm:block"
          {...(embedded() ? { target: "_blank" } : {})}
        >
          Millrace
        </Link>
        <span aria-hidden="true" className="hidden text-band-muted sm:block">
          /
        </span>
        {embedded() ? <span className="truncate">{site.id}</span> : <SitePicker site={site} />}
        <CurrentVisitors />
        <div className="no-print ml-auto flex shrink-0 items-center gap-1.5">
          {!embedded() && <Share page={page} />}
          <ThemeMenu />
        </div>
      </div>
      <nav
        aria-label="Pages"
        className="no-print mx-auto flex max-w-[88rem] gap-1 overflow-x-auto px-3 [scrollbar-width:none] sm:px-5"
      >
        {PAGES.filter(({ id }) => !embedded() || id !== "settings").map(({ id, text }) => (
          <Link
            key={id}
            to={`${roof}/$site${id === "overview" ? "" : `/${id}`}`}
            params={{ site: site.id }}
            search={carried(search)}
            className={`shrink-0 rounded-t-md px-3 py-2 text-sm outline-offset-[-3px] ${
              page === id
                ? "bg-ground font-semibold text-ink"
                : "text-band-muted hover:text-band-ink focus-visible:outline-band-ink"
            }`}
            activeOptions={{ exact: true, includeSearch: false }}
          >
            {text}
          </Link>
        ))}
      </nav>
    </header>
  );
}

function SitePicker({ site }: { site: Site }) {
  const navigate = useNavigate();
  const sites = useQuery({
    queryKey: [site.id, "sites"],
    queryFn: ({ signal }) => ask<Schemas["SiteList"]>(site.id, "/api/v1/sites", { signal }),
    staleTime: 60_000,
  });
  const others = sites.data?.sites.filter(({ id }) => id !== site.id) ?? [];
  if (others.length === 0) return <span className="min-w-0 truncate">{site.id}</span>;
  return (
    <Menu
      label={`Site ${site.id}: choose another`}
      align="start"
      className="flex min-w-0 items-center gap-1.5 rounded-md px-2 py-1 hover:bg-band-line"
      trigger={
        <>
          <span className="truncate">{site.id}</span> <span aria-hidden="true">▾</span>
        </>
      }
      groups={[
        [site, ...others].map(({ id }) => ({
          id,
          text: id,
          chosen: id === site.id,
          onSelect: () => void navigate({ to: "/sites/$site", params: { site: id } }),
        })),
      ].map((group) => group)}
    />
  );
}

/** Where something is filtered by, those who do not match are there, too, and not counted. */
export function currentText(count: number, filtered: boolean): string {
  const who = count === 1 ? "visitor" : "visitors";
  return filtered
    ? `${formatCount(count)} matching ${who} now`
    : `${formatCount(count)} current ${who}`;
}

/** Who is there now, to the second. */
function CurrentVisitors() {
  const { figures, state } = useLiveFigures();
  const search = useSearch();
  const { id } = useSite();
  const [{ filters, segment }] = useView();
  const count = figures?.current_visitors;
  const text =
    state === "refused"
      ? "not connected"
      : count === undefined
        ? "connecting"
        : currentText(count, filters.length > 0 || segment !== null);
  return (
    <Link
      to={embedded() ? "/embed/$site/live" : "/sites/$site/live"}
      params={{ site: id }}
      search={carried(search)}
      className="flex min-w-0 items-center gap-2 rounded-md px-2 py-1 text-sm text-band-ink hover:bg-band-line"
      data-live={state}
    >
      <span aria-hidden="true" className="relative flex size-2 shrink-0">
        {state === "live" && (
          <span className="absolute inset-0 animate-pulse-ring rounded-full bg-[#6fd3a8]" />
        )}
        <span
          className={`relative size-2 rounded-full ${state === "live" ? "bg-[#6fd3a8]" : "bg-stream-now"}`}
        />
      </span>
      <span data-testid="current-visitors" className="truncate">
        {text}
      </span>
      {state === "connecting" && count !== undefined && (
        <span className="text-band-muted">reconnecting</span>
      )}
    </Link>
  );
}

const THEMES: readonly { id: Theme; text: string }[] = [
  { id: "system", text: "As the system" },
  { id: "light", text: "Light" },
  { id: "dark", text: "Dark" },
];

function ThemeMenu() {
  const [theme, setTheme] = useTheme();
  return (
    <Menu
      label="Light or dark"
      className="size-8 rounded-md text-band-muted hover:bg-band-line hover:text-band-ink"
      trigger={<span aria-hidden="true">◐</span>}
      groups={[
        THEMES.map(({ id, text }) => ({
          id,
          text,
          chosen: id === theme,
          onSelect: () => setTheme(id),
        })),
      ]}
    />
  );
}
