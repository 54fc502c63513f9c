import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { filled, nextDrop, shareOut, taken } from "../../lib/judge/bucket.ts";

const minute = 60_000;
const now = Date.UTC(2026, 10, 25, 12);

describe("a bucket", () => {
  it("lets ten messages through at once, and then one a minute", () => {
    let bucket = filled(null, now);
    for (let sent = 0; sent < 10; sent++) bucket = taken(bucket) ?? { tokens: -1, at: 0 };
    expect(taken(bucket)).toBeNull();
    expect(nextDrop(bucket, true)).toBe(now + minute);
    expect(nextDrop(bucket, false)).toBe(now + 3 * minute);
    expect(filled(bucket, now + minute - 1).tokens).toBe(0);
    expect(filled(bucket, now + minute).tokens).toBe(1);
    expect(filled(bucket, now + 90 * 1_000).at).toBe(now + minute);
    expect(filled(bucket, now + 60 * minute)).toEqual({ tokens: 10, at: now + 60 * minute });
  });

  it("is none the fuller for a clock that goes back", () => {
    expect(filled({ tokens: 3, at: now }, now - minute)).toEqual({ tokens: 3, at: now });
  });
});

/** `!` is urgent. */
const urgent = (message: string) => message.startsWith("!");
const all = (count: number, of = "") => Array.from({ length: count }, (_, index) => `${of}${index}`);

describe("what leaves for one recipient", () => {
  test.each<
    [name: string, messages: readonly string[], tokens: number, alone: number, together: number, later: number]
  >([
    ["one at a time while there are enough", all(8), 10, 8, 0, 0],
    ["the last two are for what is urgent", all(9), 10, 7, 2, 0],
    ["which may take them all", all(10, "!"), 10, 10, 0, 0],
    ["the first alone and the rest as one", all(40, "!"), 10, 9, 31, 0],
    ["what is urgent alone, before the others", [...all(3, "!"), ...all(20)], 10, 7, 16, 0],
    ["all as one where there is one left", all(5, "!"), 1, 0, 5, 0],
    ["with the others in it", ["!0", ...all(5)], 1, 0, 6, 0],
    ["nothing from an empty bucket", all(5, "!"), 0, 0, 0, 5],
    ["nothing that isn't urgent from what is kept for that", all(1), 2, 0, 0, 1],
    ["a hundred as one, and what is left in the next", all(250, "!"), 1, 0, 100, 150],
  ])("%s", (_, messages, tokens, alone, together, later) => {
    const share = shareOut(messages, urgent, tokens);
    expect([share.alone.length, share.together.length, share.later.length]).toEqual([alone, together, later]);
  });

  it("is everything, in its order, and takes no more than there is", () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(300), fc.nat(10), (first, others, tokens) => {
        const messages = [...all(first, "!"), ...all(others)];
        const { alone, together, later } = shareOut(messages, urgent, tokens);
        expect([...alone, ...together, ...later]).toEqual(messages);
        expect(alone.length + Math.min(1, together.length)).toBeLessThanOrEqual(tokens);
      }),
    );
  });
});
