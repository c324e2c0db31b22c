import { describe, expect, it } from "vitest";
import {
  askedStep,
  firstSteps,
  moved,
  readPeople,
  readSteps,
  type Step,
  stepText,
  writeSteps,
} from "./steps";

const page = (path: string): Step => ({
  filters: [{ operator: "is", dimension: "event:page", values: [path] }],
});
const event = (name: string): Step => ({
  filters: [{ operator: "is", dimension: "event:name", values: [name] }],
});

describe("steps in the URL", () => {
  const steps: Step[] = [
    page("/a,b"),
    {
      filters: [
        { operator: "contains", dimension: "event:page", values: ["/docs"] },
        { operator: "is", dimension: "visit:source", values: ["Google", "Bing"] },
      ],
    },
    event("signup"),
  ];

  it("come back as they were", () => {
    expect(readSteps(writeSteps(steps))).toEqual(steps);
  });

  it("are short", () => {
    expect(writeSteps([page("/"), event("signup")])).toBe(
      '["is,event:page,/","is,event:name,signup"]',
    );
  });

  it("are passed over where they mean nothing", () => {
    expect(readSteps("{")).toBeNull();
    expect(readSteps("[]")).toBeNull();
    expect(readSteps('{"a":1}')).toBeNull();
    expect(readSteps('[1,"eats,event:page,/","is,event:page,/"]')).toEqual([page("/")]);
    expect(readSteps(JSON.stringify(Array(20).fill("is,event:page,/")))).toHaveLength(8);
  });
});

describe("a step as it is asked", () => {
  it("means by a page that it was seen", () => {
    expect(askedStep(page("/pricing"))).toEqual({
      name: "/pricing",
      filters: [
        ["is", "event:page", ["/pricing"]],
        ["is", "event:name", ["pageview"]],
      ],
    });
  });

  it("leaves an event on a page what it is", () => {
    const step = { filters: [...page("/pricing").filters, ...event("click").filters] };
    expect(askedStep(step).filters).toEqual([
      ["is", "event:page", ["/pricing"]],
      ["is", "event:name", ["click"]],
    ]);
  });

  it("is named in the reader's words", () => {
    expect(stepText(event("signup"))).toBe("signup");
    expect(
      stepText({ filters: [{ operator: "contains", dimension: "event:page", values: ["/docs"] }] }),
    ).toBe("Page contains /docs");
  });
});

describe("the first funnel", () => {
  it("goes from the first page by one that leads on to what converts", () => {
    const steps = firstSteps(
      ["/", "/blog", "/pricing", "/signup"],
      ["pageview", "button_click", "signup", "purchase"],
      [],
    );
    expect(steps.map(stepText)).toEqual(["/", "/pricing", "/signup", "signup"]);
  });

  it("ends with the site's goal, where it has one", () => {
    const goal = { name: "Trial started" };
    expect(firstSteps(["/", "/a"], ["pageview"], [goal]).map(stepText)).toEqual([
      "/",
      "/a",
      "Trial started",
    ]);
  });

  it("is short where the site has little", () => {
    expect(firstSteps(["/"], ["pageview"], []).map(stepText)).toEqual(["/"]);
    expect(firstSteps([], [], [])).toEqual([]);
  });
});

it("moves a step within the list", () => {
  expect(moved(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
  expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
});

it("lists only people that a funnel has", () => {
  expect(readPeople("2:dropped", 3)).toEqual({ step: 2, state: "dropped" });
  expect(readPeople("1:dropped", 3)).toBeNull();
  expect(readPeople("4:converted", 3)).toBeNull();
  expect(readPeople("everyone", 3)).toBeNull();
});
