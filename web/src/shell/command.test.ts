import { expect, test } from "vitest";
import { isSiteId } from "./command";

test("only what a site can be called stands in a command", () => {
  expect(isSiteId("shop.example:2")).toBe(true);
  for (const id of ["", "a b", "$(reboot)", "a;b", "a\nb", "--help", "a".repeat(65)]) {
    expect(isSiteId(id)).toBe(false);
  }
});
