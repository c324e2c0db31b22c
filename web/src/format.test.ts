import { describe, expect, it } from "vitest";
import {
  formatAgo,
  formatCount,
  formatMoment,
  formatRate,
  formatShare,
  formatShort,
  safeLink,
} from "./format";

describe("numbers", () => {
  it("follow the reader's locale", () => {
    expect(formatCount(1_234_567, "en-US")).toBe("1,234,567");
    expect(formatCount(1_234_567, "de-DE")).toBe("1.234.567");
    expect(formatRate(42.5, "en-US")).toBe("42.5");
    expect(formatRate(42.5, "de-DE")).toBe("42,5");
  });

  it("are shortened only where the digits do not fit", () => {
    expect(formatShort(99_999, "en-US")).toBe("99,999");
    expect(formatShort(1_250_000, "en-US")).toBe("1.3M");
  });

  it("lose a decimal that says nothing", () => {
    expect(formatRate(0, "en-US")).toBe("0");
    expect(formatRate(1204.4, "en-US")).toBe("1,204");
    expect(formatRate(3, "en-US")).toBe("3.0");
  });

  it("share nothing of nothing", () => {
    expect(formatShare(1, 4, "en-US")).toBe("25%");
    expect(formatShare(0, 0, "en-US")).toBe("0%");
  });
});

describe("formatAgo", () => {
  const now = Date.parse("2026-11-20T12:00:00Z");
  it.each([
    ["2026-11-20T11:59:59.500Z", "now"],
    ["2026-11-20T11:59:48Z", "12s ago"],
    ["2026-11-20T11:57:01Z", "2m ago"],
    ["2026-11-20T09:00:00Z", "3h ago"],
    ["2026-11-18T09:00:00Z", "2d ago"],
    // A reader's clock behind the server's does not put events into the future.
    ["2026-11-20T12:00:30Z", "now"],
    ["2026-11-20T15:00:00Z", "in 3h"],
  ])("says %s as %s", (timestamp, said) => {
    expect(formatAgo(timestamp, now, "en-US").replaceAll(".", "")).toBe(said);
  });

  it("shows what is no date as it is", () => {
    expect(formatAgo("soon", now)).toBe("soon");
    expect(formatMoment("soon")).toBe("soon");
  });
});

describe("safeLink", () => {
  it.each(["https://example.org/a?b=c", "http://127.0.0.1:8080/"])("links %s", (url) => {
    expect(safeLink(url)).toBe(url);
  });

  it.each([
    "/pricing",
    "javascript:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//example.org/",
    "https://",
    "vbscript:x",
    "",
  ])("does not link %j", (url) => {
    expect(safeLink(url)).toBeNull();
  });
});
