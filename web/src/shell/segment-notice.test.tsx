import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { openPage } from "../test-page";
import { SegmentNotice } from "./segment-notice";

const server = () => ({ segments: [{ id: 3, name: "Buyers", filters: [] }] });

it("takes a segment that is none out of the URL, and says so", async () => {
  const page = openPage(SegmentNotice, "?period=30d&segment=999", server);
  await screen.findByText(/There is no segment 999/);
  expect(page.search()).toBe("?period=30d");
  // Once more than it had to be: the list may have been older than the segment.
  expect(page.asked).toHaveLength(2);
});

it("leaves one that is there", async () => {
  const page = openPage(SegmentNotice, "?segment=3", server);
  await waitFor(() => expect(page.asked).toHaveLength(1));
  expect(page.search()).toBe("?segment=3");
  expect(screen.queryByText(/There is no segment/)).toBeNull();
});
