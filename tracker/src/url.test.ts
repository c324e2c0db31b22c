import { describe, expect, test } from "vitest";
import { matches, pageOf, pageUrl } from "./url";

describe("pageUrl", () => {
  test.each([
    // address, plain, with data-hash
    ["/", "/", "/"],
    ["/a?x=1", "/a?x=1", "/a?x=1"],
    ["/a?x=1#top", "/a?x=1", "/a?x=1"],
    ["/a#", "/a", "/a"],
    ["/#/cart", "/", "/cart"],
    ["/#!/cart", "/", "/cart"],
    ["/app#/cart", "/app", "/app/cart"],
    ["/app/#/cart", "/app/", "/app/cart"],
    ["/app/#/", "/app/", "/app/"],
    ["/app?a=1#/cart?b=2", "/app?a=1", "/app/cart?a=1&b=2"],
    ["/app#/cart?b=2", "/app", "/app/cart?b=2"],
    ["/app#access_token=secret", "/app", "/app"],
    ["/app#!secret", "/app", "/app"],
  ])("%s", (address, plain, hashed) => {
    history.replaceState({}, "", address);
    expect(pageUrl()).toBe(location.origin + plain);
    expect(pageUrl(true)).toBe(location.origin + hashed);
  });
});

test("what tells pages apart", () => {
  expect(pageOf("https://x.test/a?b=1?c")).toBe("https://x.test/a");
  expect(pageOf("/a")).toBe("/a");
});

describe("matches", () => {
  test.each([
    ["https://x.test/admin", "/admin", true],
    ["https://x.test/admin/a", "/admin", false],
    ["https://x.test/admin/a/b", "/admin/*", true],
    ["https://x.test/admin", "/admin*", true],
    ["https://x.test/a.b", "/a.b", true],
    ["https://x.test/aXb", "/a.b", false],
    ["https://x.test/a(b", "/a(b", true],
    ["https://x.test/shop/1/pay", "/shop/*/pay", true],
    ["https://x.test", "/", true],
    ["/virtual", "/virtual", true],
    ["https://x.test/b", "/a, /b", true],
    ["https://x.test/b", ["/a", "/b"], true],
    ["https://x.test/c", "/a,/b", false],
    ["https://x.test/ä", "/ä", true],
  ])("%s and %s", (page, patterns, answer) => {
    expect(matches(page, patterns)).toBe(answer);
  });
});
