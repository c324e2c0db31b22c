import { expect, test } from "vitest";
import { fieldsOf, propertiesOf } from "./event-fields";
import { readEvent } from "./stream";

const read = (more: object) => {
  const event = readEvent(
    { event_id: "e1", name: "purchase", timestamp: "2026-11-20T10:00:00Z", ...more },
    true,
  );
  if (event === null) throw new Error("not read");
  return event;
};

test("says what is there, and how to find its like", () => {
  const fields = fieldsOf(
    read({ path: "/cart", country: "DE", title: null, duration: 1.25 }),
    "UTC",
  );
  expect(fields.map(({ key }) => key)).toEqual([
    "timestamp",
    "path",
    "duration",
    "country",
    "event_id",
  ]);
  expect(fields[1]).toMatchObject({ filter: { dimension: "event:page", value: "/cart" } });
  expect(fields[2]?.text).toBe("1.25s");
  expect(fields[3]).toMatchObject({ filter: { dimension: "visit:country", value: "DE" } });
});

test("links only what a click may open", () => {
  const fields = fieldsOf(
    read({ url: "https://shop.example/", referrer: "javascript:alert(1)" }),
    "UTC",
  );
  expect(fields.find(({ key }) => key === "url")?.href).toBe("https://shop.example/");
  expect(fields.find(({ key }) => key === "referrer")?.href).toBeNull();
});

test("properties keep their text, whatever it looks like", () => {
  const [image, price] = propertiesOf(read({ properties: { image: "<img onerror>", price: 9.5 } }));
  expect(image?.text).toBe("<img onerror>");
  expect(price).toMatchObject({
    text: "9.5",
    filter: { dimension: "event:props:price", value: "9.5" },
  });
});
