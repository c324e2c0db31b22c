import { expect, test, vi } from "vitest";
import { insist } from "./fetch-page";

const pause = () => Promise.resolve();
const answers = () => Promise.resolve(true);

test("waits until the server is back, says so, and goes on by itself", async () => {
  const load = vi
    .fn<() => Promise<string>>()
    .mockRejectedValueOnce(new TypeError("no chunk"))
    .mockResolvedValue("page");
  const later = vi
    .fn<() => Promise<boolean>>()
    .mockResolvedValueOnce(false)
    .mockResolvedValueOnce(false);
  const said: boolean[] = [];
  const page = await insist(load, {
    answers: later.mockResolvedValue(true),
    pause,
    say: (away) => said.push(away),
  });
  expect(page).toBe("page");
  expect(later).toHaveBeenCalledTimes(3);
  expect(said.at(0)).toBe(true);
  expect(said.at(-1)).toBe(false);
});

test("a chunk that is not there while the server answers is of a version that is gone", async () => {
  const load = vi.fn<() => Promise<string>>().mockRejectedValue(new TypeError("no chunk"));
  await expect(insist(load, { answers, pause, say: () => {} })).rejects.toThrow("no chunk");
  expect(load).toHaveBeenCalledTimes(2);
});
