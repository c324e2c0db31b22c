import { expect, test } from "vitest";
import { verdict, worstFirst } from "./parts-of-it";

const check = (status: string) => ({ part: "queue", status, message: status });

test("the worst check stands first and gives the verdict", () => {
  const checks = ["ok", "warning", "other", "failed", "warning"].map(check);
  expect(worstFirst(checks).map(({ status }) => status)).toEqual([
    "failed",
    "warning",
    "warning",
    "ok",
    "other",
  ]);
  expect(verdict(checks)).toBe("1 failed");
  expect(verdict(["ok", "warning"].map(check))).toBe("1 warning");
  expect(verdict([check("ok")])).toBe("all is well");
  expect(verdict([])).toBe("");
});
