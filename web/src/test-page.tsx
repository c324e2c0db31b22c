// A page of the site `demo` as a test sees it: its own router and cache, and a server that is a
// function from a path and a body to an answer.

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { configure, render } from "@testing-library/react";
import type { FunctionComponent } from "react";
import { vi } from "vitest";
import { SiteContext } from "./api/site";
import type { Site } from "./api/types";
import { parseSearch, writeSearch } from "./view/view";

// Machines that do several things at once are slow.
configure({ asyncUtilTimeout: 5_000 });
vi.setConfig({ testTimeout: 20_000 });

export const SITE: Site = {
  id: "demo",
  timezone: "UTC",
  public: true,
  require_key: false,
  created_at: "2026-10-22T00:00:00Z",
  first_event_at: "2026-10-22T00:00:00Z",
  last_event_at: "2026-11-21T20:00:00Z",
  access: "public",
};

export type Body = Record<string, unknown>;

/** Answers that the server gives: JSON, an `Error` as a refusal with its message, or a `Response`. */
export type Server = (path: string, body: Body) => unknown;

export function openPage(
  Page: FunctionComponent,
  search: string,
  server: Server,
  site: Partial<Site> = {},
) {
  const asked: { path: string; body: Body }[] = [];
  vi.stubGlobal("fetch", (path: string, init?: RequestInit) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every body is an object
    const body = typeof init?.body === "string" ? (JSON.parse(init.body) as Body) : {};
    asked.push({ path, body });
    const answer = server(path, body);
    if (answer instanceof Response) return Promise.resolve(answer);
    const refused = answer instanceof Error;
    const text = JSON.stringify(
      refused ? { error: { code: "refused", message: answer.message, field: null } } : answer,
    );
    return Promise.resolve(new Response(text, { status: refused ? 400 : 200 }));
  });
  const root = createRootRoute();
  const page = createRoute({
    getParentRoute: () => root,
    path: "/sites/$site/page",
    component: Page,
  });
  const router = createRouter({
    routeTree: root.addChildren([page]),
    history: createMemoryHistory({ initialEntries: [`/sites/demo/page${search}`] }),
    parseSearch: (text) => parseSearch(text) as Record<string, unknown>,
    stringifySearch: (written) => writeSearch(written as Record<string, string[]>),
  });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <QueryClientProvider client={queries}>
      <SiteContext value={{ ...SITE, ...site }}>
        <RouterProvider router={router} />
      </SiteContext>
    </QueryClientProvider>,
  );
  return { asked, search: () => decodeURIComponent(router.state.location.searchStr) };
}
