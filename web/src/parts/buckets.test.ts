import { describe, expect, test } from "vitest";
import { bucketText, isPartial, ticks } from "./buckets";

const at = (text: string) => Date.parse(text);

describe("time buckets", () => {
  test("the last bucket fills as long as the site's clock stands in it", () => {
    const now = at("2026-11-20T22:30:00Z");
    expect(isPartial(["2026-11-19", "2026-11-20"], "day", "UTC", now)).toBe(true);
    expect(isPartial(["2026-11-19", "2026-11-20"], "day", "Asia/Kathmandu", now)).toBe(false);
    expect(isPartial(["2026-11-20 21:00:00"], "hour", "UTC", now)).toBe(false);
    expect(isPartial(["2026-11-20 22:00:00"], "hour", "UTC", now)).toBe(true);
    expect(isPartial(["2026-11-16"], "week", "UTC", now)).toBe(true);
    expect(isPartial(["2026-11-01"], "month", "UTC", now)).toBe(true);
    expect(isPartial(["2026-10-01"], "month", "UTC", now)).toBe(false);
    expect(isPartial([], "day", "UTC", now)).toBe(false);
  });

  test("names are the site's wall clock in the reader's words", () => {
    expect(bucketText("2026-11-20", "day", "en-GB")).toBe("Fri 20 Nov");
    expect(bucketText("2026-11-20 10:00:00", "hour", "en-GB")).toMatch(
      /^Fri,? 20 Nov,? 10:00[  –-]+11:00$/,
    );
    expect(bucketText("2026-11-01", "month", "de")).toBe("November 2026");
    expect(bucketText("no date", "day", "en-GB")).toBe("no date");
  });

  test("an axis has no more names than room", () => {
    const days = Array.from({ length: 91 }, (_, day) =>
      new Date(at("2026-08-22") + day * 86_400_000).toISOString().slice(0, 10),
    );
    const named = ticks(days, "day", 8, "en-GB");
    expect(named.length).toBeLessThanOrEqual(8);
    expect(named[0]).toEqual({ index: 0, text: "22 Aug" });
  });

  test("hours over several days are named at midnight", () => {
    const hours = Array.from({ length: 7 * 24 }, (_, hour) =>
      new Date(at("2026-11-14") + hour * 3_600_000).toISOString().slice(0, 19).replace("T", " "),
    );
    expect(ticks(hours, "hour", 10, "en-GB").map(({ index }) => index)).toEqual([
      0, 24, 48, 72, 96, 120, 144,
    ]);
  });
});
