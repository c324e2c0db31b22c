// The open details in the URL: which list, what is searched in it, its order and page. Opening is a
// step in the history; what is done inside is not.

import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { PROPERTY, DIMENSIONS } from "../../view/filters";
import { useSearch } from "../../view/use-view";
import { changeView, type Search, type View } from "../../view/view";

export interface Detail {
  dimension: string;
  search: string;
  sort: string | null;
  order: "asc" | "desc";
  /** From 0. */
  page: number;
}

const KEYS = new Set(["detail", "detail_search", "detail_sort", "detail_page"]);

export function readDetail(search: Search): Detail | null {
  const one = (key: string) => search[key]?.at(-1) ?? null;
  const dimension = one("detail");
  if (dimension === null) return null;
  const known =
    DIMENSIONS.some(({ id }) => id === dimension) ||
    (dimension.startsWith(PROPERTY) && dimension.length > PROPERTY.length);
  if (!known) return null;
  const sort = one("detail_sort");
  const page = Number(one("detail_page"));
  return {
    dimension,
    search: one("detail_search") ?? "",
    sort: sort?.replace(/^-/, "") ?? null,
    order: sort?.startsWith("-") === false ? "asc" : "desc",
    page: Number.isSafeInteger(page) && page > 1 ? page - 1 : 0,
  };
}

/** The search with these details open, or with none. */
export function writeDetail(search: Search, detail: Detail | null): Search {
  const rest = Object.fromEntries(Object.entries(search).filter(([key]) => !KEYS.has(key)));
  if (detail === null) return rest;
  const { dimension, search: text, sort, order, page } = detail;
  return {
    ...rest,
    detail: [dimension],
    ...(text === "" ? {} : { detail_search: [text] }),
    ...(sort === null ? {} : { detail_sort: [order === "desc" ? `-${sort}` : sort] }),
    ...(page === 0 ? {} : { detail_page: [String(page + 1)] }),
  };
}

export function useDetail() {
  const search = useSearch();
  const navigate = useNavigate();
  const detail = useMemo(() => readDetail(search), [search]);
  const go = useCallback(
    (next: (before: Search) => Search, replace: boolean) => {
      void navigate({ to: ".", search: next, replace, resetScroll: false });
    },
    [navigate],
  );
  return {
    detail,
    open: (dimension: string) =>
      go(
        (before) =>
          writeDetail(before, { dimension, search: "", sort: null, order: "desc", page: 0 }),
        false,
      ),
    /** With a change of the view, where that is why it closes. */
    close: (view: Partial<View> = {}) =>
      go((before) => writeDetail(changeView(before, view), null), false),
    change: (change: Partial<Detail>) =>
      go((before) => {
        const now = readDetail(before);
        return now === null ? before : writeDetail(before, { ...now, ...change });
      }, true),
  };
}
