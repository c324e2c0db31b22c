import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ask } from "../../api/client";
import { embedded } from "../../api/key";
import { useSite } from "../../api/site";
import { PanelNote } from "../../parts/panel";
import { KeyGate, opens } from "../../shell/key-gate";

/** Shows its content to whoever holds the key it needs; asks everyone else for it. */
export function OwnersOnly({
  kind,
  what,
  children,
}: {
  kind: "read" | "admin";
  what: string;
  children: ReactNode;
}) {
  const site = useSite();
  if (opens(site.access, kind)) return children;
  if (embedded()) return <PanelNote>{what}</PanelNote>;
  return (
    <div className="flex max-w-xl flex-col gap-3 px-4 py-4 text-sm text-muted sm:px-5 lg:px-0">
      <p>{what}</p>
      <KeyGate kind={kind} />
    </div>
  );
}

/** What the site's own routes answer; asked every few seconds while it is looked at. */
export function useOfSite<T>(path: string, everyMs: number) {
  const { id } = useSite();
  return useQuery({
    queryKey: [id, "of-site", path],
    queryFn: ({ signal }) =>
      ask<T>(id, `/api/v1/sites/${encodeURIComponent(id)}/${path}`, { signal }),
    retry: false,
    networkMode: "always",
    refetchInterval: everyMs,
  });
}
