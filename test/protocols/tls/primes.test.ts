import { checkPrimeSync, getDiffieHellman } from "node:crypto";
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

  // As Postfix 3.10 (src/tls/tls_dh.c), Apache 2.2 (ssl_engine_dh.c) and Java's SUN provider have them.
  it.each([
    [
      "postfix-2048",
      true,
      `9e2815c5cc9b5ab0e9ab748b2a23ceea87a01809d0402c93235dc0e9782c53d93e2114895c79731ebd231e18656dd23ceb41cabba9995584
       ae9e7057252142aadb82c6e6f1cfb7bc2a56cc551fade9681822fc0962c3321b051fceece36db579e08945f3f326a381d959eeed78be0edd
       f7efcb813f01b7108f0dbe292113ff2a13257599ecf52d49011da413e82cc813605798b1064577a424f9273f08e69b4b203b4369a3cc9ac4
       3c1eecb735e4596b6d2adff70bd45a0f7980e1754c10ea26f0d5f3a615a93e3d0db85350497749474339eeb88ae514c4e310fbf552efa58f
       a47e57b95fda0018f07229d4fe905a1f1a40ee4efa3ef3724bea44534353579b`,
    ],
    [
      "apache-2.2-1024",
      true,
      `d67de440cbbbdc1936d693d34afd0ad50c84d239a45f520bb88174cb98bce951849f912e639c72fb13b4b4d7177e16d55ac179ba420b2a29
       fe324a467a635e81ff5901377beddcfd33168a461aad3b72dae8860078045b07a7dbca7874087d1510ea9fcc9ddd330507dd62db88aeaa74
       7de0f4d6e2bd68b0e7393e0f24218eb3`,
    ],
    [
      "java-1024",
      false,
      `fd7f53811d75122952df4a9c2eece4e7f611b7523cef4400c31e3f80b6512669455d402251fb593d8d58fabfc5f5ba30f6cb9b556cd7813b
       801d346ff26660b76b9950a5a49f9fe8047b1022c24fbba9d7feb7c61bf83b57e7c6a8a6150f04fb83f6d3c51ec3023554135a169132f675
       f3ae2b61d72aeff22203199dd14801c7`,
    ],
  ])("%s is known, and whether it is safe: %s", (name, safe, hex) => {
    const prime = hex.replace(/\s/g, "");
    const value = BigInt(`0x${prime}`);
    expect(primeName(prime)).toBe(name);
    expect(isSafePrime(prime)).toBe(safe);
    expect([checkPrimeSync(value), checkPrimeSync((value - 1n) / 2n)]).toEqual([true, safe]);
  });

  it("of nobody's are tested: prime and safe, prime and not safe, not prime, too long to tell", () => {
    expect(primeName("17")).toBe(null);
    expect(isSafePrime("17")).toBe(true); // 23 = 2 × 11 + 1
    expect(isSafePrime("1d")).toBe(false); // 29 = 2 × 14 + 1
    expect(isSafePrime("21")).toBe(false); // 33 = 3 × 11
    expect(isSafePrime("f".repeat(1_025))).toBe(null);
  });
});
