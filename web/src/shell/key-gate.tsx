// The way in to what only holders of a key see, on a page that is open already. A key is tried
// before it is kept: one that opens nothing more would only shut what is open.

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask, ApiError } from "../api/client";
import { forgetKey, keepKey } from "../api/key";
import { useSite } from "../api/site";
import type { Site } from "../api/types";
import { KeyForm } from "./key-form";

/** Whether what the reader holds is enough. */
export function opens(access: Site["access"], kind: "read" | "admin"): boolean {
  return access === "admin" || (kind === "read" && access === "read");
}

/** Asks for a key of the open site; nothing where the reader has what it takes. */
export function KeyGate({ kind }: { kind: "read" | "admin" }) {
  const site = useSite();
  const queries = useQueryClient();
  const [refused, refuse] = useState<string | null>(null);
  if (opens(site.access, kind)) return null;
  const enter = async (key: string) => {
    const path = `/api/v1/sites/${encodeURIComponent(site.id)}`;
    try {
      const { access } = await ask<Site>(site.id, path, { key });
      if (!opens(access, kind)) {
        return refuse(
          access === "read"
            ? "it is a read key, and this needs an admin key."
            : "it opens nothing of this site.",
        );
      }
    } catch (error) {
      return refuse(error instanceof ApiError ? error.message : String(error));
    }
    refuse(null);
    keepKey(site.id, key);
    await queries.invalidateQueries({ queryKey: [site.id] });
  };
  return (
    <KeyForm site={site.id} kind={kind} refused={refused} onEnter={(key) => void enter(key)} />
  );
}

/** Forgets the key of the open site, and shows what is left to see. */
export function useForgetKey(): () => void {
  const { id } = useSite();
  const queries = useQueryClient();
  return () => {
    forgetKey(id);
    void queries.resetQueries({ queryKey: [id] }); // a private site asks for a key again
  };
}
