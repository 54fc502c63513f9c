import { describe, expect, it } from "vitest";
import { keyShareOf, sharedGroups } from "../../../lib/protocols/tls/key-share.ts";

/** Bytes of a share, and of a secret (RFC 8446 §4.2.8.2, RFC 7748, RFC 8734). */
const lengths = new Map([
  [29, [32, 32]],
  [30, [56, 56]],
  [23, [65, 32]],
  [24, [97, 48]],
  [25, [133, 66]],
  [31, [65, 32]],
  [32, [97, 48]],
  [33, [129, 64]],
]);

describe.each(sharedGroups)("a key of group %i", (group) => {
  it("agrees with another's", () => {
    for (let tries = 0; tries < 20; tries++) {
      const [own, other] = [keyShareOf(group), keyShareOf(group)];
      const secret = own.secretWith(other.key);
      expect(secret).toEqual(other.secretWith(own.key));
      // Leading zeroes stay (RFC 8446 §7.4.2).
      expect([own.key.length, secret?.length]).toEqual(lengths.get(group));
    }
  });

  it("agrees on nothing with what is no point of it", () => {
    const own = keyShareOf(group);
    for (const theirs of [new Uint8Array(0), new Uint8Array(own.key.length), own.key.subarray(1)]) {
      expect(own.secretWith(theirs)).toBe(null);
    }
  });
});
