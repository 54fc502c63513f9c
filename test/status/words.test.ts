import { expect, it } from "vitest";
import { subjectWords } from "../../lib/status/pages/words.ts";

it.each([
  ["192.0.2.1:25", "192.0.2.1:25"],
  ["38213499a17d42f3c6b5a5db46b0059ead267c854f3b027bd801d0df0b12e202", "certificate SHA-256 38213499a17d…"],
])("%s is shown as %s", (subject, shown) => {
  expect(subjectWords(subject)).toBe(shown);
});
