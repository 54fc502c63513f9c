import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { addressBytes, addressText, canonicalAddress, readOddAddress } from "../../../lib/protocols/ip/address.ts";

describe("canonical text (RFC 5952)", () => {
  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["2001:0db8::0001", "2001:db8::1"],
    // §4.2.2: one zero group isn't shortened.
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    // §4.2.3: the longest run, and of equal ones the first.
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["1:0:0:0:0:0:0:0", "1::"],
    // §5: the IPv4 part of a mapped address stays dotted.
    ["::FFFF:C000:0201", "::ffff:192.0.2.1"],
    ["64:ff9b::192.0.2.1", "64:ff9b::c000:201"],
  ])("%s → %s", (text, canonical) => expect(canonicalAddress(text)).toBe(canonical));

  test.each(["", "mail.example", "1.2.3", "01.2.3.4", "1.2.3.256", "[::1]", "fe80::1%eth0", ":::", "1::2::3"])(
    "%j isn't one",
    (text) => expect(canonicalAddress(text)).toBeNull(),
  );

  it("names every address by one text, whose bytes are the same", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const canonical = canonicalAddress(text) ?? "";
        expect(addressBytes(canonical)).toEqual(addressBytes(text));
        expect(canonicalAddress(canonical)).toBe(canonical);
      }),
    );
  });

  it("makes no text of another number of bytes", () => expect(addressText(new Uint8Array(5))).toBeNull());
});

describe("spellings that a resolver or a C library takes for an address", () => {
  test.each([
    ["0x7f.1", "127.0.0.1"],
    ["0X7F000001", "127.0.0.1"],
    ["2130706433", "127.0.0.1"],
    ["017700000001", "127.0.0.1"],
    ["0177.0.0.1", "127.0.0.1"],
    ["127.1", "127.0.0.1"],
    ["127.0.1", "127.0.0.1"],
    ["0", "0.0.0.0"],
    ["127.0.0.1.", "127.0.0.1"],
    ["0xa9fea9fe", "169.254.169.254"],
    ["169.0376.43518", "169.254.169.254"],
    ["１２７.０.０.１", "127.0.0.1"],
    ["127。0。0。1", "127.0.0.1"],
    ["[::1]", "::1"],
    ["[::ffff:127.0.0.1]", "::ffff:127.0.0.1"],
    ["fe80::1%eth0", "fe80::1"],
    ["[fe80::1%25eth0]", "fe80::1"],
    ["localhost", "127.0.0.1"],
    ["LOCALHOST.", "127.0.0.1"],
    ["mail.localhost", "127.0.0.1"],
    ["mail.localhost.", "127.0.0.1"],
  ])("%s is %s", (text, address) => expect(readOddAddress(text)).toBe(address));

  test.each(["mail.example", "127.0.0.1.example", "localhost.example", "notlocalhost", "1.example", "256.256.256.256"])(
    "%s is a name, or nothing",
    (text) => expect(readOddAddress(text)).toBeNull(),
  );
  test.each(["192.0.2.1", "2001:db8::1"])("%s is the usual form", (text) => expect(readOddAddress(text)).toBeNull());
});
