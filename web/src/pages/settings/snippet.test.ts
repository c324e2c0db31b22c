import { expect, test } from "vitest";
import { curlCommand, readOptions, scriptTag } from "./snippet";

const origin = "https://stats.example";

test("the tag names the site and where the script is", () => {
  expect(scriptTag(origin, "shop", [])).toBe(
    '<script defer data-site="shop" src="https://stats.example/script.js"></script>',
  );
});

test("options are attributes, those that turn something off say so", () => {
  expect(scriptTag(origin, "shop", ["no-forms", "clicks"])).toBe(
    '<script defer data-site="shop" data-clicks data-forms="false" src="https://stats.example/script.js"></script>',
  );
  expect(readOptions("vitals,what,clicks")).toEqual(["clicks", "vitals"]);
  expect(readOptions("")).toEqual([]);
});

test("at its own path the script knows its site", () => {
  expect(scriptTag(origin, "shop", [], "/m/x7.js")).toBe(
    '<script defer src="https://stats.example/m/x7.js"></script>',
  );
});

test("what a site is called stays a text, in HTML and in a shell", () => {
  expect(scriptTag(origin, 'a"><b', [])).toContain('data-site="a&quot;>&lt;b"');
  expect(curlCommand(origin, "it's")).toContain(String.raw`"site_id": "it'\''s"`);
});
