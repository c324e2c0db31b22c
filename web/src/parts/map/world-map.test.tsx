import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { WorldMap } from "./world-map";

const counts = [
  { code: "SG", count: 3 },
  { code: "DE", count: 932 },
  { code: "(not set)", count: 12 },
  { code: "US", count: 1609 },
];

test("each country says its count, states too small for a shape too", async () => {
  render(<WorldMap counts={counts} unit="visitors" />);
  expect(await screen.findByLabelText("Germany: 932 visitors")).toBeTruthy();
  expect(screen.getByLabelText("Singapore: 3 visitors").tagName).toBe("circle");
  expect(screen.getByRole("group").getAttribute("aria-label")).toContain("3 countries");
});

test("the keyboard goes from the largest country on, and picks", async () => {
  const picked = vi.fn<(code: string) => void>();
  const user = userEvent.setup();
  render(<WorldMap counts={counts} unit="visitors" onPick={picked} />);
  await screen.findByRole("button", { name: /Germany/ });
  await user.tab();
  expect(document.activeElement?.getAttribute("data-country")).toBe("US");
  await user.keyboard("{ArrowRight}{Enter}");
  await user.click(screen.getByRole("button", { name: /Singapore/ }));
  expect(picked.mock.calls).toEqual([["DE"], ["SG"]]);
});
