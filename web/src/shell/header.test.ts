import { expect, test } from "vitest";
import { currentText } from "./header";

test("filters make the count one of those who match", () => {
  expect(currentText(1, false)).toBe("1 current visitor");
  expect(currentText(8, false)).toBe("8 current visitors");
  expect(currentText(8, true)).toBe("8 matching visitors now");
  expect(currentText(1, true)).toBe("1 matching visitor now");
});
