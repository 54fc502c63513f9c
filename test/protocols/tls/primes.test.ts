import { getDiffieHellman } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isSafePrime, primeName } from "../../../lib/protocols/tls/primes.ts";

const hexOf = (group: string) => getDiffieHellman(group).getPrime("hex");

describe("primes of finite fields", () => {
  it.each([
    ["modp1", "modp768"],
    ["modp2", "modp1024"],
    ["modp5", "modp1536"],
    ["modp14", "modp2048"],
    ["modp18", "modp8192"],
  ])("%s of our library is %s", (group, name) => {
    expect(primeName(hexOf(group))).toBe(name);
    expect(isSafePrime(hexOf(group))).toBe(true);
  });

  it("of nobody's are tested: prime and safe, prime and not safe, not prime, too long to tell", () => {
    expect(primeName("17")).toBe(null);
    expect(isSafePrime("17")).toBe(true); // 23 = 2 × 11 + 1
    expect(isSafePrime("1d")).toBe(false); // 29 = 2 × 14 + 1
    expect(isSafePrime("21")).toBe(false); // 33 = 3 × 11
    expect(isSafePrime("f".repeat(1_025))).toBe(null);
  });
});
