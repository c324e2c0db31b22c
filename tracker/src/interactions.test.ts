import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { describe as describeElement } from "./clicks";
import { watchInteractions } from "./interactions";
import type { EventOptions } from "./types";

const track = vi.fn<(name: string, options?: EventOptions) => void>();

/** Listeners of a test end with it. */
function watch(options: Partial<Parameters<typeof watchInteractions>[0]> = {}) {
  watchInteractions({ api: "", ...options }, track);
}

beforeEach(() => {
  track.mockReset();
  const add = window.addEventListener.bind(window);
  vi.stubGlobal("addEventListener", (name: string, listener: EventListener, capture: boolean) =>
    add(name, listener, { capture, signal: current.signal }),
  );
  current.abort();
  current = new AbortController();
});
let current = new AbortController();
afterAll(() => current.abort());

function click(html: string, selector: string, button = 0) {
  document.body.innerHTML = html;
  const element = document.querySelector(selector);
  element?.addEventListener("click", (event) => event.preventDefault());
  const kind = button === 0 ? "click" : "auxclick";
  element?.dispatchEvent(
    new MouseEvent(kind, { bubbles: true, cancelable: true, composed: true, button }),
  );
  return track.mock.calls.map(([name, options]) => [name, options?.props]);
}

test.each([
  ["https://other.test/a?b#c", "outbound_link"],
  ["http://other.test/a.pdf", "file_download"],
  ["https://ada:secret@other.test/a?token=x", "outbound_link"],
  ["/a.PDF?v=1", "file_download"],
  ["/sheet.xlsx", "file_download"],
  ["/sheet.xls", "file_download"],
  ["/a.html", undefined],
  ["/pdf", undefined],
  ["mailto:a@b.test", undefined],
  ["javascript:void 0", undefined],
  ["#top", undefined],
])("a link to %s", (href, name) => {
  watch();
  const calls = click(`<a href="${href}"><i>text</i></a>`, "i");
  const { origin, pathname } = new URL(href, location.href);
  expect(calls).toEqual(name ? [[name, { url: origin + pathname }]] : []);
});

test("which files, and turning things off", () => {
  watch({ downloads: "glb,abc", outbound: false });
  expect(click(`<a href="/a.abc">x</a>`, "a")).toHaveLength(1);
  expect(click(`<a href="/a.pdf">x</a>`, "a")).toHaveLength(1);
  expect(click(`<a href="/a" download>x</a>`, "a")).toHaveLength(2);
  expect(click(`<a href="https://other.test/">x</a>`, "a")).toHaveLength(2);
  current.abort();
  watch({ downloads: false });
  track.mockReset();
  current = new AbortController();
  expect(click(`<a href="/a.pdf" download>x</a>`, "a")).toEqual([]);
});

test("the middle button opens links, the right one does not", () => {
  watch();
  expect(click(`<a href="https://other.test/">x</a>`, "a", 1)).toHaveLength(1);
  expect(click(`<a href="https://other.test/">x</a>`, "a", 2)).toHaveLength(1);
});

test("an element that names an event, and one in a shadow root", () => {
  watch();
  expect(click(`<p data-mr-event="signup" data-mr-plan="pro" class="x"><b>x</b></p>`, "b")).toEqual(
    [["signup", { plan: "pro" }]],
  );
  expect(click(`<p data-mr-event="">x</p>`, "p")).toHaveLength(1);
  track.mockReset();
  document.body.innerHTML = "<div id=host></div>";
  const root = document.querySelector("#host")?.attachShadow({ mode: "open" });
  if (root) root.innerHTML = `<a href="https://other.test/"><i data-mr-event=inside>x</i></a>`;
  root
    ?.querySelector("i")
    ?.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
  expect(track.mock.calls.map(([name]) => name)).toEqual(["outbound_link", "inside"]);
});

test.each([
  [`<form id=a name=b action=/c><input name=id></form>`, "a"],
  [`<form name=b action=/c><input name=name></form>`, "b"],
  [`<form action="/c?token=x"><input name=action></form>`, "/c"],
  [`<form></form>`, "form"],
])("a form: %s", (html, form) => {
  watch();
  document.body.innerHTML = html;
  document.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true }));
  expect(track.mock.calls).toEqual([["form_submit", { element: form, props: { form } }]]);
});

test("a form that names an event says it when it is submitted, not when it is clicked", () => {
  watch({ forms: false });
  expect(click(`<form data-mr-event=sent data-mr-a=1><p>x</p></form>`, "p")).toEqual([]);
  document.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true }));
  expect(track.mock.calls).toEqual([["sent", { props: { a: "1" } }]]);
});

test.each([
  [`<main><p><a class="x y">t</a></p></main>`, "main>p>a.x"],
  [`<div id=menu><ul><li><a>t</a></li></ul></div>`, "ul>li>a"],
  [`<div id=menu><a class=x>t</a></div>`, "#menu>a.x"],
  [`<a id=buy class=x>t</a>`, "#buy"],
  [`<nav data-mr-name=top><a>t</a></nav>`, "top>a"],
  [`<a data-mr-name="Buy now" id=buy>t</a>`, "Buy now"],
])("an element's short name: %s", (html, name) => {
  document.body.innerHTML = html;
  const element = document.querySelector("a");
  expect(element && describeElement(element)).toBe(name);
});
