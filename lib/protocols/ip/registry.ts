/**
 * IANA's special-purpose address registries (RFC 6890) as they stood in November 2026, with what stands beside them:
 * https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry,
 * multicast, and what cloud providers put on fixed addresses. The longest prefix that fits decides.
 */

/**
 * `global`: marked globally reachable. `own`: of one's own network, open where the operator vouches for it.
 * `never`: no mail server can be there. `metadata`: hands out credentials or steers the machine, so never either.
 */
type Reach = "global" | "own" | "never" | "metadata";

export interface Range {
  readonly prefix: string;
  readonly reach: Reach;
  readonly what: string;
  readonly source: string;
}

const range = (prefix: string, reach: Reach, what: string, source: string): Range => ({ prefix, reach, what, source });

export const ranges: readonly Range[] = [
  range("0.0.0.0/8", "never", "this network", "RFC 791"),
  range("0.0.0.0/32", "never", "unspecified", "RFC 1122"),
  range("10.0.0.0/8", "own", "private use", "RFC 1918"),
  range("100.64.0.0/10", "own", "shared address space of carriers", "RFC 6598"),
  range("127.0.0.0/8", "own", "loopback", "RFC 1122"),
  range("169.254.0.0/16", "own", "link-local", "RFC 3927"),
  range("172.16.0.0/12", "own", "private use", "RFC 1918"),
  range("192.0.0.0/24", "never", "IETF protocol assignments", "RFC 6890"),
  range("192.0.0.0/29", "never", "IPv4 service continuity", "RFC 7335"),
  range("192.0.0.8/32", "never", "IPv4 dummy address", "RFC 7600"),
  range("192.0.0.9/32", "global", "Port Control Protocol anycast", "RFC 7723"),
  range("192.0.0.10/32", "global", "TURN anycast", "RFC 8155"),
  range("192.0.0.170/31", "never", "NAT64 discovery", "RFC 7050"),
  range("192.0.2.0/24", "own", "documentation", "RFC 5737"),
  range("192.31.196.0/24", "global", "AS112", "RFC 7535"),
  range("192.52.193.0/24", "global", "AMT", "RFC 7450"),
  range("192.88.99.0/24", "never", "deprecated 6to4 relay anycast", "RFC 7526"),
  range("192.168.0.0/16", "own", "private use", "RFC 1918"),
  range("192.175.48.0/24", "global", "AS112", "RFC 7534"),
  range("198.18.0.0/15", "own", "benchmarking", "RFC 2544"),
  range("198.51.100.0/24", "own", "documentation", "RFC 5737"),
  range("203.0.113.0/24", "own", "documentation", "RFC 5737"),
  range("224.0.0.0/4", "never", "multicast", "RFC 5771"),
  range("240.0.0.0/4", "never", "reserved", "RFC 1112"),
  range("255.255.255.255/32", "never", "limited broadcast", "RFC 919"),

  range("::/0", "never", "not global unicast", "RFC 4291"),
  range("2000::/3", "global", "global unicast", "RFC 4291"),
  range("::/128", "never", "unspecified", "RFC 4291"),
  range("::1/128", "own", "loopback", "RFC 4291"),
  range("::/96", "never", "IPv4-compatible, deprecated", "RFC 4291"),
  range("::ffff:0.0.0.0/96", "own", "IPv4-mapped", "RFC 4291"),
  range("64:ff9b::/96", "global", "NAT64", "RFC 6052"),
  // Where the IPv4 address stands in it depends on a prefix length that we don't know (RFC 6052 §2.2), so it stays shut.
  range("64:ff9b:1::/48", "never", "local-use NAT64", "RFC 8215"),
  range("100::/64", "never", "discard-only", "RFC 6666"),
  range("100:0:0:1::/64", "never", "IPv6 dummy prefix", "RFC 9780"),
  range("2001::/23", "never", "IETF protocol assignments", "RFC 2928"),
  range("2001::/32", "own", "Teredo", "RFC 4380"),
  range("2001:1::1/128", "global", "Port Control Protocol anycast", "RFC 7723"),
  range("2001:1::2/128", "global", "TURN anycast", "RFC 8155"),
  range("2001:1::3/128", "global", "DNS-SD service registration anycast", "RFC 9665"),
  range("2001:2::/48", "own", "benchmarking", "RFC 5180"),
  range("2001:3::/32", "global", "AMT", "RFC 7450"),
  range("2001:4:112::/48", "global", "AS112", "RFC 7535"),
  range("2001:10::/28", "never", "deprecated ORCHID", "RFC 4843"),
  range("2001:20::/28", "global", "ORCHIDv2", "RFC 7343"),
  range("2001:30::/28", "global", "drone remote ID", "RFC 9374"),
  range("2001:db8::/32", "own", "documentation", "RFC 3849"),
  range("2002::/16", "own", "6to4", "RFC 3056"),
  range("2620:4f:8000::/48", "global", "AS112", "RFC 7534"),
  range("3fff::/20", "own", "documentation", "RFC 9637"),
  range("5f00::/16", "never", "segment routing identifiers", "RFC 9602"),
  range("fc00::/7", "own", "unique local", "RFC 4193"),
  range("fe80::/10", "own", "link-local", "RFC 4291"),
  range("fec0::/10", "never", "deprecated site-local", "RFC 3879"),
  range("ff00::/8", "never", "multicast", "RFC 4291"),

  range("169.254.169.254/32", "metadata", "cloud metadata", "AWS, Azure, Google, Oracle and others"),
  range("169.254.169.253/32", "metadata", "cloud resolver", "AWS"),
  range("169.254.169.123/32", "metadata", "cloud time service", "AWS"),
  range("169.254.170.2/32", "metadata", "cloud container credentials", "AWS ECS"),
  range("169.254.170.23/32", "metadata", "cloud container credentials", "AWS EKS"),
  range("fd00:ec2::/32", "metadata", "cloud metadata and services", "AWS"),
  range("fd20:ce::254/128", "metadata", "cloud metadata", "Google"),
  range("168.63.129.16/32", "metadata", "cloud platform services", "Azure"),
  range("100.100.100.200/32", "metadata", "cloud metadata", "Alibaba Cloud"),
  range("192.0.0.192/32", "metadata", "cloud metadata", "Oracle Cloud"),
  range("169.254.0.23/32", "metadata", "cloud metadata", "Tencent Cloud"),
  range("169.254.42.42/32", "metadata", "cloud metadata", "Scaleway"),
  range("fd00:42::42/128", "metadata", "cloud metadata", "Scaleway"),
];
