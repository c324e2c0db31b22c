// `/`: the only site, or the sites to choose from. `/?site=demo`, as older links have it, is that
// site's page.

import { useQuery } from "@tanstack/react-query";
import { Link, Navigate } from "@tanstack/react-router";
import { useState } from "react";
import { ask } from "../api/client";
import type { Schemas } from "../api/types";
import { failureText } from "../parts/answer";
import { FIELD, PRIMARY } from "../parts/menu";
import { useSearch } from "../view/use-view";
import { Stop } from "./stop";

export function Start() {
  const named = useSearch()["site"]?.at(-1)?.trim();
  const sites = useQuery({
    queryKey: ["sites"],
    queryFn: ({ signal }) => ask<Schemas["SiteList"]>(null, "/api/v1/sites", { signal }),
    retry: false,
    refetchInterval: ({ state }) => (state.error === null ? false : 2_000),
  });
  if (named !== undefined && named !== "") {
    return <Navigate to="/sites/$site" params={{ site: named }} search={{}} replace />;
  }
  const listed = sites.data?.sites;
  const only = listed?.length === 1 ? listed[0] : undefined;
  if (only !== undefined) {
    return <Navigate to="/sites/$site" params={{ site: only.id }} search={{}} replace />;
  }
  if (listed === undefined) {
    return sites.error === null ? null : (
      <Stop title="Millrace">
        <p role="alert">{failureText(sites.error)}</p>
      </Stop>
    );
  }
  return (
    <Stop title={listed.length === 0 ? "No public site" : "Sites"}>
      {listed.length > 0 && (
        <ul className="flex flex-col gap-1">
          {listed.map((site) => (
            <li key={site.id}>
              <Link
                to="/sites/$site"
                params={{ site: site.id }}
                className="font-medium text-race hover:underline"
              >
                {site.id}
              </Link>
            </li>
          ))}
        </ul>
      )}
      <OpenSite />
      {listed.length === 0 && (
        <p className="text-sm">
          Whoever runs the server adds one with{" "}
          <code className="font-mono text-[0.9em] text-ink">millrace site add ID --public</code>
        </p>
      )}
    </Stop>
  );
}

/** A private site is on no list: whoever knows it writes its name. */
function OpenSite() {
  const [site, setSite] = useState("");
  const [opened, open] = useState<string | null>(null);
  if (opened !== null) {
    return <Navigate to="/sites/$site" params={{ site: opened }} search={{}} />;
  }
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        open(site.trim());
      }}
    >
      <label className="flex min-w-52 flex-1 flex-col gap-1 text-sm">
        Open a site by its name
        <input
          className={FIELD}
          required
          value={site}
          onChange={(event) => setSite(event.target.value)}
        />
      </label>
      <button type="submit" className={PRIMARY}>
        Open
      </button>
    </form>
  );
}
