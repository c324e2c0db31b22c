import { expect, test } from "vitest";
import { ApiError } from "../../api/client";
import { fromForm, ruleError, type Rules, toForm } from "./rules";

const rules: Rules = {
  robots: "discard",
  data_centers: "keep",
  internal: {
    addresses: ["203.0.113.7/32", "2001:db8::/32", "::1/128"],
    hostnames: [],
    paths: ["/admin/**"],
  },
  urls: { keep_www: false, strip_trailing_slash: true, query: ["q", "page"], own_hosts: [] },
  script: { path: "/m/x7.js", events_path: null },
};

test("goes into a form and back", () => {
  const form = toForm(rules);
  expect(form.texts["internal.addresses"]).toBe("203.0.113.7\n2001:db8::/32\n::1");
  expect(form).toMatchObject({ robots: true, dataCenters: false, stripSlash: true });
  expect(fromForm(form)).toEqual({
    ...rules,
    internal: { ...rules.internal, addresses: ["203.0.113.7", "2001:db8::/32", "::1"] },
  });
});

test("passes over empty lines, spaces and repetition", () => {
  const form = toForm(rules);
  form.texts["urls.query"] = "  q \n\nq\r\nsize\n";
  form.texts["script.path"] = "  ";
  expect(fromForm(form).urls.query).toEqual(["q", "size"]);
  expect(fromForm(form).script.path).toBeNull();
});

test("an error stands at its field", () => {
  const error = new ApiError(
    "refused",
    "internal.paths: 'admin' begins with no '/': write '/admin'",
    400,
    "settings_invalid",
    "internal.paths",
  );
  expect(ruleError(error, "internal.paths")).toBe("'admin' begins with no '/': write '/admin'");
  expect(ruleError(error, "urls.query")).toBeNull();
  const whole = new ApiError(
    "refused",
    "settings: '10.0.0.0/99' is no address or network: write 203.0.113.7 or 203.0.113.0/24 at line 1 column 72",
    400,
    "settings_invalid",
    "settings",
  );
  expect(ruleError(whole, "internal.addresses")).toBe(
    "'10.0.0.0/99' is no address or network: write 203.0.113.7 or 203.0.113.0/24",
  );
  expect(ruleError(whole, "internal.paths")).toBeNull();
  expect(ruleError(null, "internal.paths")).toBeNull();
});
