// The URL's state as hooks: what a page shows is read from here and changed through here.

import { useNavigate, useRouterState } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { changeView, parseSearch, readView, type Search, type View } from "./view";

/** The site of the path: `/sites/demo/live` is about `demo`. */
export function useSiteId(): string {
  const path = useRouterState({ select: (state): string => state.location.pathname });
  const site = path.split("/")[2] ?? "";
  try {
    return decodeURIComponent(site);
  } catch {
    return site; // no escape at all: the server will not know it either
  }
}

export function useSearch(): Search {
  const text = useRouterState({ select: (state): string => state.location.searchStr });
  return useMemo(() => parseSearch(text), [text]);
}

type SetView = (change: Partial<View>, how?: { replace?: boolean }) => void;

/** What is looked at, and how to look at something else; filters and segment go into the history. */
export function useView(): [View, SetView] {
  const search = useSearch();
  const view = useMemo(() => readView(search), [search]);
  const navigate = useNavigate();
  const setView = useCallback<SetView>(
    (change, how = {}) => {
      void navigate({
        to: ".",
        search: (before: Search) => changeView(before, change),
        replace: how.replace ?? false,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return [view, setView];
}

/**
 * One more key of the URL, such as the open tab of a panel: its value, or `fallback`, which is
 * never written. Pass null to take it out.
 */
export function useParam<T extends string>(
  key: string,
  fallback: T,
): [T, (value: T | null, how?: { replace?: boolean }) => void];
export function useParam(
  key: string,
  fallback: null,
): [string | null, (value: string | null, how?: { replace?: boolean }) => void];
export function useParam(key: string, fallback: string | null) {
  const value = useSearch()[key]?.at(-1) ?? fallback;
  const navigate = useNavigate();
  const setValue = useCallback(
    (next: string | null, how: { replace?: boolean } = {}) => {
      void navigate({
        to: ".",
        search: (before: Search) => {
          const { [key]: _, ...rest } = before;
          return next === null || next === fallback ? rest : { ...rest, [key]: [next] };
        },
        replace: how.replace ?? true,
        resetScroll: false,
      });
    },
    [navigate, key, fallback],
  );
  return [value, setValue];
}

/** Several keys of the URL at once, null for those to take out: what a link or a button leads to. */
export type ParamChange = Readonly<Record<string, string | null>>;

export function withParams(search: Search, change: ParamChange): Search {
  const next = { ...search };
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete next[key];
    else next[key] = [value];
  }
  return next;
}

/** Goes to the same page with several keys changed, by default as a step of the history. */
export function useSetParams() {
  const navigate = useNavigate();
  return useCallback(
    (change: ParamChange, how: { replace?: boolean } = {}) => {
      void navigate({
        to: ".",
        search: (before: Search) => withParams(before, change),
        replace: how.replace ?? false,
        resetScroll: false,
      });
    },
    [navigate],
  );
}
