// The pages and their paths. Each page is a chunk of its own, fetched when it is first opened.

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from "@tanstack/react-router";
import type { ComponentType } from "react";
import { fetchPage } from "./shell/fetch-page";
import { PageBroken, PageWaiting } from "./shell/page-waiting";
import { Start } from "./shell/start";
import { SiteShell } from "./shell/site-shell";
import { NotFound } from "./shell/not-found";
import { parseSearch, writeSearch } from "./view/view";

interface Page {
  id: string;
  text: string;
  load: () => Promise<{ default: ComponentType }>;
}

/** The pages of a site, in the order of the menu. */
export const PAGES: readonly Page[] = [
  { id: "overview", text: "Overview", load: () => import("./pages/overview/overview") },
  { id: "live", text: "Live", load: () => import("./pages/live/live") },
  { id: "events", text: "Events", load: () => import("./pages/events/events") },
  { id: "funnels", text: "Funnels", load: () => import("./pages/funnels/funnels") },
  { id: "retention", text: "Retention", load: () => import("./pages/retention/retention") },
  { id: "journeys", text: "Journeys", load: () => import("./pages/journeys/journeys") },
  { id: "activity", text: "Activity", load: () => import("./pages/activity/activity") },
  { id: "sessions", text: "Sessions", load: () => import("./pages/sessions/sessions") },
  { id: "pipeline", text: "Pipeline", load: () => import("./pages/pipeline/pipeline") },
  { id: "settings", text: "Settings", load: () => import("./pages/settings/settings") },
];

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

const start = createRoute({ getParentRoute: () => root, path: "/", component: Start });

// The same pages under two roofs: the dashboard, and its embedded form without a frame of its own.
const roof = (path: "/sites/$site" | "/embed/$site") => {
  const shell = createRoute({ getParentRoute: () => root, path, component: SiteShell });
  const pages = PAGES.map(({ id, load }) =>
    createRoute({
      getParentRoute: () => shell,
      path: id === "overview" ? "/" : id,
      component: lazyRouteComponent(() => fetchPage(load)),
      pendingComponent: PageWaiting,
      errorComponent: PageBroken,
    }),
  );
  return shell.addChildren(pages);
};

const tree = root.addChildren([start, roof("/sites/$site"), roof("/embed/$site")]);

export function makeRouter() {
  return createRouter({
    routeTree: tree,
    parseSearch: (text) => parseSearch(text) as Record<string, unknown>,
    stringifySearch: (search) => writeSearch(search as Record<string, string[]>),
    defaultPreload: "intent",
    scrollRestoration: true,
  });
}
