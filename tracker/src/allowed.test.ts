import { afterEach, expect, test, vi } from "vitest";
import { reasonNotToCount } from "./allowed";

afterEach(() => localStorage.clear());

test.each([
  ["shop.example", "https:", undefined],
  ["localhost", "http:", "local"],
  ["app.localhost", "http:", "local"],
  ["notlocalhost", "http:", undefined],
  ["127.0.0.1", "http:", "local"],
  ["127.8.9.1", "http:", "local"],
  ["[::1]", "http:", "local"],
  ["", "file:", "local"],
  ["192.0.2.1", "http:", undefined],
])("%s over %s", (hostname, protocol, reason) => {
  vi.stubGlobal("location", { hostname, protocol });
  expect(reasonNotToCount({ api: "" })).toBe(reason);
  expect(reasonNotToCount({ api: "", local: true })).toBeUndefined();
});

test.each([
  [{ webdriver: true }, {}, "automation"],
  [{ webdriver: true }, { automation: true }, undefined],
  [{ doNotTrack: "1" }, {}, undefined],
  [{ doNotTrack: "1" }, { respectDnt: true }, "do not track"],
  [{ doNotTrack: "0" }, { respectDnt: true }, undefined],
  [{ globalPrivacyControl: true }, { respectDnt: true }, "do not track"],
])("%o with %o", (navigator, options, reason) => {
  vi.stubGlobal("navigator", navigator);
  expect(reasonNotToCount({ api: "", local: true, ...options })).toBe(reason);
});

test("a flag in storage, also where reading it is forbidden", () => {
  const options = { api: "", local: true };
  expect(reasonNotToCount(options)).toBeUndefined();
  localStorage.setItem("millrace_ignore", "true");
  expect(reasonNotToCount(options)).toBe("millrace_ignore");
  vi.spyOn(window, "localStorage", "get").mockImplementation(() => {
    throw new Error("denied");
  });
  expect(reasonNotToCount(options)).toBeUndefined();
  vi.restoreAllMocks();
});
