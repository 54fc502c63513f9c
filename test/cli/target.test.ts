import { describe, expect, it, test } from "vitest";
import { parseTarget } from "../../lib/cli/target.ts";
import { InputError } from "../../lib/model/input-error.ts";

const outside = { defaultPort: 25, mx: false, allowPrivate: false };
const own = { ...outside, allowPrivate: true };

describe("what a person types", () => {
  test.each([
    ["mx.example.com", { kind: "name", name: "mx.example.com", port: 25 }],
    ["MX.Example.COM.", { kind: "name", name: "mx.example.com", port: 25 }],
    ["mx.example.com:587", { kind: "name", name: "mx.example.com", port: 587 }],
    ["bücher.example", { kind: "name", name: "xn--bcher-kva.example", port: 25 }],
    ["_mx_1.example.com", { kind: "name", name: "_mx_1.example.com", port: 25 }],
    ["mailhost", { kind: "name", name: "mailhost", port: 25 }],
    ["8.8.8.8", { kind: "address", address: "8.8.8.8", port: 25 }],
    ["8.8.8.8:465", { kind: "address", address: "8.8.8.8", port: 465 }],
    ["2A00:1450:4001:0::1B", { kind: "address", address: "2a00:1450:4001::1b", port: 25 }],
    ["[2a00:1450:4001::1b]", { kind: "address", address: "2a00:1450:4001::1b", port: 25 }],
    ["[2a00:1450:4001::1b]:2525", { kind: "address", address: "2a00:1450:4001::1b", port: 2525 }],
  ])("%s", (text, target) => expect(parseTarget(text, outside)).toEqual(target));

  test.each([
    ["127.0.0.1:10025", { kind: "address", address: "127.0.0.1", port: 10_025 }],
    ["localhost:10025", { kind: "address", address: "127.0.0.1", port: 10_025 }],
    ["[::1]:10025", { kind: "address", address: "::1", port: 10_025 }],
    ["0x7f.1", { kind: "address", address: "127.0.0.1", port: 25 }],
  ])("%s in one's own network", (text, target) => expect(parseTarget(text, own)).toEqual(target));
});

describe("addresses that must not be dialled are wrong usage, with their range", () => {
  const hint = "; --allow-private allows it, for one's own network";
  test.each([
    ["10.0.0.1", `10.0.0.1 is in 10.0.0.0/8 (private use, RFC 1918) and is not dialled${hint}`],
    ["[::1]:25", `::1 is in ::1/128 (loopback, RFC 4291) and is not dialled${hint}`],
    ["224.0.0.1", "224.0.0.1 is in 224.0.0.0/4 (multicast, RFC 5771) and is not dialled"],
    [
      "::ffff:10.0.0.1",
      `::ffff:10.0.0.1 is in 10.0.0.0/8 (private use, RFC 1918) as IPv4-mapped 10.0.0.1 and is not dialled${hint}`,
    ],
    [
      "0x7f.1",
      `'0x7f.1' is another spelling of 127.0.0.1, which is in 127.0.0.0/8 (loopback, RFC 1122) and is not dialled${hint}`,
    ],
    [
      "2130706433",
      `'2130706433' is another spelling of 127.0.0.1, which is in 127.0.0.0/8 (loopback, RFC 1122) and is not dialled${hint}`,
    ],
    [
      "localhost",
      `'localhost' is another spelling of 127.0.0.1, which is in 127.0.0.0/8 (loopback, RFC 1122) and is not dialled${hint}`,
    ],
    ["134744072", "'134744072' is another spelling of 8.8.8.8: expected the usual one"],
  ])("%s", (text, sentence) => {
    expect(() => parseTarget(text, outside)).toThrow(new InputError(sentence));
  });

  it("cloud metadata stays refused in one's own network", () => {
    expect(() => parseTarget("169.254.169.254", own)).toThrow(
      new InputError(
        "169.254.169.254 is in 169.254.169.254/32 (cloud metadata, AWS, Azure, Google, Oracle and others) and is not dialled",
      ),
    );
    expect(() => parseTarget("0xa9fea9fe", own)).toThrow(/'0xa9fea9fe' is another spelling of 169\.254\.169\.254/);
  });
});

describe("wrong targets", () => {
  test.each([
    ["", "'': expected a host, an address, host:port or [IPv6]:port"],
    [":25", "':25': expected a host, an address, host:port or [IPv6]:port"],
    ["mx.example:", "'mx.example:': port must be 1–65535, not ''"],
    ["mx.example:0", "'mx.example:0': port must be 1–65535, not '0'"],
    ["mx.example:65536", "'mx.example:65536': port must be 1–65535, not '65536'"],
    ["mx.example:smtp", "'mx.example:smtp': port must be 1–65535, not 'smtp'"],
    ["mx.example:+25", "'mx.example:+25': port must be 1–65535, not '+25'"],
    [
      "mx.example:80",
      "'mx.example:80': port 80 is not a mail port (25, 26, 465, 587, 2525); --allow-private allows any port",
    ],
    ["mx example", "'mx example' is not a host name; expected one like mail.example.com"],
    ["mx..example", "'mx..example' is not a host name; expected one like mail.example.com"],
    ["-mx.example", "'-mx.example' is not a host name; expected one like mail.example.com"],
    [`${"a".repeat(64)}.example`, `'${"a".repeat(64)}.example' is not a host name; expected one like mail.example.com`],
    ["1.2.3.4.5", "'1.2.3.4.5' is not a host name; expected one like mail.example.com"],
    ["999.1.1.1", "'999.1.1.1' is not a host name; expected one like mail.example.com"],
    ["postmaster@example.com", "'postmaster@example.com' is not a host name; expected one like mail.example.com"],
    ["https://mx.example/", "'https://mx.example/': expected a host, an address, host:port or [IPv6]:port"],
    ["[mx.example]:25", "'[mx.example]:25': expected a host, an address, host:port or [IPv6]:port"],
    ["[::1", "'[::1': expected a host, an address, host:port or [IPv6]:port"],
    ["mx\u001b[31m", "'mx?[31m': expected a host, an address, host:port or [IPv6]:port"],
  ])("%j", (text, sentence) => {
    expect(() => parseTarget(text, outside)).toThrow(new InputError(sentence));
  });

  it("an address isn't a domain", () => {
    expect(() => parseTarget("8.8.8.8", { ...outside, mx: true })).toThrow(
      new InputError("'8.8.8.8' is an address; expected a domain like example.com"),
    );
  });
});
