import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { forbiddenRange } from "../../../lib/protocols/ip/special.ts";

const outside = { allowPrivate: false };
const own = { allowPrivate: true };

describe("addresses of one's own network are dialled only when the operator vouches for them", () => {
  test.each([
    ["10.0.0.1", "10.0.0.0/8 (private use, RFC 1918)"],
    ["172.16.0.1", "172.16.0.0/12 (private use, RFC 1918)"],
    ["172.31.255.255", "172.16.0.0/12 (private use, RFC 1918)"],
    ["192.168.1.1", "192.168.0.0/16 (private use, RFC 1918)"],
    ["127.0.0.1", "127.0.0.0/8 (loopback, RFC 1122)"],
    ["127.255.255.254", "127.0.0.0/8 (loopback, RFC 1122)"],
    ["169.254.1.1", "169.254.0.0/16 (link-local, RFC 3927)"],
    ["100.64.0.1", "100.64.0.0/10 (shared address space of carriers, RFC 6598)"],
    ["100.127.255.255", "100.64.0.0/10 (shared address space of carriers, RFC 6598)"],
    ["192.0.2.1", "192.0.2.0/24 (documentation, RFC 5737)"],
    ["198.51.100.7", "198.51.100.0/24 (documentation, RFC 5737)"],
    ["203.0.113.7", "203.0.113.0/24 (documentation, RFC 5737)"],
    ["198.18.0.1", "198.18.0.0/15 (benchmarking, RFC 2544)"],
    ["198.19.255.255", "198.18.0.0/15 (benchmarking, RFC 2544)"],
    ["::1", "::1/128 (loopback, RFC 4291)"],
    ["fe80::1", "fe80::/10 (link-local, RFC 4291)"],
    ["febf::1", "fe80::/10 (link-local, RFC 4291)"],
    ["fc00::1", "fc00::/7 (unique local, RFC 4193)"],
    ["fdff::1", "fc00::/7 (unique local, RFC 4193)"],
    ["2001:db8::25", "2001:db8::/32 (documentation, RFC 3849)"],
    ["3fff:fff::1", "3fff::/20 (documentation, RFC 9637)"],
    ["2001:2::1", "2001:2::/48 (benchmarking, RFC 5180)"],
    ["::ffff:10.0.0.1", "10.0.0.0/8 (private use, RFC 1918) as IPv4-mapped 10.0.0.1"],
    ["::ffff:7f00:1", "127.0.0.0/8 (loopback, RFC 1122) as IPv4-mapped 127.0.0.1"],
    ["64:ff9b::10.0.0.1", "10.0.0.0/8 (private use, RFC 1918) as NAT64 10.0.0.1"],
    ["2002:a00:1::1", "10.0.0.0/8 (private use, RFC 1918) as 6to4 10.0.0.1"],
    ["2001:0:808:808::f5ff:fffe", "10.0.0.0/8 (private use, RFC 1918) as Teredo client 10.0.0.1"],
    ["2001:0:a00:1::f7f7:f7f7", "10.0.0.0/8 (private use, RFC 1918) as Teredo server 10.0.0.1"],
    // The registry doesn't mark these forms globally reachable, whatever they hold.
    ["::ffff:8.8.8.8", "::ffff:0.0.0.0/96 (IPv4-mapped, RFC 4291)"],
    ["2002:808:808::1", "2002::/16 (6to4, RFC 3056)"],
    ["2001:0:808:808::f7f7:f7f7", "2001::/32 (Teredo, RFC 4380)"],
  ])("%s: %s", (address, range) => {
    expect(forbiddenRange(address, outside)).toBe(range);
    expect(forbiddenRange(address, own)).toBeNull();
  });
});

describe("what no mail server can have is never dialled", () => {
  test.each([
    ["0.0.0.0", "0.0.0.0/32 (unspecified, RFC 1122)"],
    ["0.1.2.3", "0.0.0.0/8 (this network, RFC 791)"],
    ["192.0.0.1", "192.0.0.0/29 (IPv4 service continuity, RFC 7335)"],
    ["192.0.0.100", "192.0.0.0/24 (IETF protocol assignments, RFC 6890)"],
    ["192.0.0.171", "192.0.0.170/31 (NAT64 discovery, RFC 7050)"],
    ["192.88.99.1", "192.88.99.0/24 (deprecated 6to4 relay anycast, RFC 7526)"],
    ["224.0.0.1", "224.0.0.0/4 (multicast, RFC 5771)"],
    ["239.255.255.255", "224.0.0.0/4 (multicast, RFC 5771)"],
    ["240.0.0.1", "240.0.0.0/4 (reserved, RFC 1112)"],
    ["255.255.255.255", "255.255.255.255/32 (limited broadcast, RFC 919)"],
    ["::", "::/128 (unspecified, RFC 4291)"],
    ["::8.8.8.8", "::/96 (IPv4-compatible, deprecated, RFC 4291)"],
    ["::127.0.0.1", null],
    ["64:ff9b:1::8.8.8.8", "64:ff9b:1::/48 (local-use NAT64, RFC 8215)"],
    ["100::1", "100::/64 (discard-only, RFC 6666)"],
    ["100:0:0:1::1", "100:0:0:1::/64 (IPv6 dummy prefix, RFC 9780)"],
    ["2001:100::1", "2001::/23 (IETF protocol assignments, RFC 2928)"],
    ["2001:10::1", "2001:10::/28 (deprecated ORCHID, RFC 4843)"],
    ["5f00::1", "5f00::/16 (segment routing identifiers, RFC 9602)"],
    ["fec0::1", "fec0::/10 (deprecated site-local, RFC 3879)"],
    ["ff02::1", "ff00::/8 (multicast, RFC 4291)"],
    ["4000::1", "::/0 (not global unicast, RFC 4291)"],
    ["::ffff:0:127.0.0.1", "::/0 (not global unicast, RFC 4291)"],
    ["::ffff:224.0.0.1", "224.0.0.0/4 (multicast, RFC 5771) as IPv4-mapped 224.0.0.1"],
    ["64:ff9b::0.0.0.0", "0.0.0.0/32 (unspecified, RFC 1122) as NAT64 0.0.0.0"],
  ])("%s: %s", (address, range) => {
    if (range !== null) expect(forbiddenRange(address, outside)).toBe(range);
    expect(forbiddenRange(address, outside)).not.toBeNull();
    expect(forbiddenRange(address, own)).not.toBeNull();
  });
});

describe("metadata services of clouds are never dialled, in whatever form", () => {
  const metadata = [
    "169.254.169.254",
    "169.254.170.2",
    "169.254.170.23",
    "169.254.169.253",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
  ];
  const forms = (v4: string) => {
    const [a = 0, b = 0, c = 0, d = 0] = v4.split(".").map(Number);
    const hex = (x: number, y: number) => ((x << 8) | y).toString(16);
    return [
      v4,
      `::ffff:${v4}`,
      `::${v4}`,
      `64:ff9b::${v4}`,
      `64:ff9b:1::${v4}`,
      `2002:${hex(a, b)}:${hex(c, d)}::1`,
      `2001:0:808:808:0:0:${hex(a ^ 255, b ^ 255)}:${hex(c ^ 255, d ^ 255)}`,
      `2001:0:${hex(a, b)}:${hex(c, d)}::f7f7:f7f7`,
    ];
  };
  test.each([...metadata.flatMap(forms), "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fd00:42::42"])(
    "%s",
    (address) => {
      expect(forbiddenRange(address, outside)).toContain("cloud");
      expect(forbiddenRange(address, own)).not.toBeNull();
    },
  );
});

describe("what the registries mark globally reachable is dialled, as is all that they don't list", () => {
  test.each([
    "8.8.8.8",
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.0.9",
    "192.0.0.10",
    "192.0.1.0",
    "192.31.196.1",
    "192.52.193.1",
    "192.167.255.255",
    "192.175.48.1",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2001:1::1",
    "2001:1::2",
    "2001:1::3",
    "2001:3::1",
    "2001:4:112::1",
    "2001:20::1",
    "2001:30::1",
    "2001:200::1",
    "2620:4f:8000::1",
    "2a00:1450:4001::1b",
    "64:ff9b::8.8.8.8",
    "3ffe::1",
  ])("%s", (address) => expect(forbiddenRange(address, outside)).toBeNull());
});

describe("what isn't an address is not dialled as one", () => {
  test.each(["", "mail.example", "0x7f.1", "2130706433", "127.1", "010.0.0.1", "[::1]", "fe80::1%eth0", "1.2.3.4 "])(
    "%j",
    (text) => {
      expect(forbiddenRange(text, own)).toBe("not an IP address");
    },
  );
});

it("judges an embedded address at least as strictly as the address itself", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.boolean(), (v4, allowPrivate) => {
      const bare = forbiddenRange(v4, { allowPrivate });
      for (const form of [`::ffff:${v4}`, `::${v4}`, `64:ff9b::${v4}`]) {
        if (bare !== null) expect(forbiddenRange(form, { allowPrivate })).not.toBeNull();
      }
    }),
  );
});
