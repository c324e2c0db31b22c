import { describe, expect, it } from "vitest";
import { anchorText, END, journeyBody, readWanted } from "./asked";

const anchor = (text: string) => journeyBody(readWanted(text, null, "pages", "4"));

describe("what is asked", () => {
  it("begins with the session's start", () => {
    const wanted = readWanted(null, null, "pages", "4");
    expect(journeyBody(wanted)).toEqual({
      of: "pages",
      direction: "after",
      steps: 4,
      branches: 10,
    });
    expect(anchorText(wanted)).toBe("Start of the session");
  });

  it("looks back from the session's end", () => {
    const wanted = readWanted(null, END, "events", "3");
    expect(journeyBody(wanted)).toMatchObject({ of: "events", direction: "before" });
    expect(journeyBody(wanted)).not.toHaveProperty("anchor");
    expect(anchorText(wanted)).toBe("End of the session");
  });

  it("looks from a page, an event, or whatever a filter says", () => {
    expect(anchor("is,event:page,/pricing")).toMatchObject({ anchor: { page: "/pricing" } });
    expect(anchor("is,event:name,signup")).toMatchObject({ anchor: { event: "signup" } });
    expect(anchor("contains,event:page,/docs")).toMatchObject({
      anchor: { filters: [["contains", "event:page", ["/docs"]]] },
    });
  });

  it("passes over what is not whole or means nothing", () => {
    expect(readWanted("is,event:page,", null, "cats", "99")).toEqual({
      anchor: null,
      back: false,
      of: "pages",
      steps: 4,
    });
  });
});
