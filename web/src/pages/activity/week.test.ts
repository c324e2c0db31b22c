import { describe, expect, it } from "vitest";
import { dayText, heat, hourShort, hourText, summary, type Week } from "./week";

const week = (at: (day: number, hour: number) => [number, number]): Week =>
  ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].map(
    (name, day) => ({
      day: name,
      hours: Array.from({ length: 24 }, (_, hour) => {
        const [sum, hours] = at(day, hour);
        return { hour, sum, hours, mean: hours === 0 ? null : sum / hours };
      }),
    }),
  );

describe("a week in short", () => {
  it("knows its busiest hour by the mean, not by the sum", () => {
    const { busiest, highest } = summary(
      week((day, hour) => (day === 1 && hour === 9 ? [30, 2] : day === 0 ? [40, 4] : [0, 2])),
    );
    expect(busiest).toEqual({ day: 1, hour: 9, mean: 15 });
    expect(highest).toBe(15);
  });

  it("adds days and hours up by how many hours there were", () => {
    const { days, hours } = summary(week((day) => (day === 0 ? [8, 2] : [0, 0])));
    expect(days.slice(0, 2)).toEqual([4, 0]);
    expect(hours[12]).toBe(4);
  });

  it("has no busiest hour where nothing happened", () => {
    expect(summary(week(() => [0, 3])).busiest).toBeNull();
  });
});

it("is darkest at the highest, and blank where nothing happened", () => {
  expect(heat(10, 10)).toBe(100);
  expect(heat(0, 10)).toBe(0);
  expect(heat(null, 10)).toBe(0);
  expect(heat(0.1, 10)).toBeGreaterThan(5);
});

it("names days and hours in the reader's locale", () => {
  expect(dayText(0, "long", "en-GB")).toBe("Monday");
  expect(dayText(6, "short", "de-DE")).toBe("So");
  expect(hourText(14, "en-GB")).toBe("14:00 – 15:00");
  expect(hourText(23, "en-GB")).toMatch(/^23:00 – 0?0:00$/);
  expect(hourShort(14, "en-US")).toBe("2 PM");
});
