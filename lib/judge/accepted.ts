/** What a server accepts besides what a modern sender gets, measured by a floor: warnings at most, for the verdict speaks of the latter. */

import type { Floor } from "../model/customer.ts";
import type { Finding } from "../model/finding.ts";
import { type Leaf, protocolNames } from "../model/observation.ts";
import type { Scan, VersionScan } from "../model/scan.ts";
import { groupByCode } from "../protocols/tls/groups.ts";
import { sslv2KindByCode } from "../protocols/tls/sslv2.ts";
import { type Suite, suiteByCode } from "../protocols/tls/suites.ts";
import { acceptedBelow } from "./by-standard.ts";
import { finding } from "./findings.ts";
import { type Around, flawFindings, flawsIn } from "./flaws.ts";
import { floorOf } from "./grades/floors.ts";

/** `leaves`: certificates that a modern sender isn't shown; `around`: what flaws are told by beside the scan. */
export function acceptedFindings(
  scan: Scan,
  floor: Floor,
  leaves: readonly Leaf[] = [],
  around: Partial<Around> = {},
): readonly Finding[] {
  const { incomplete, throttled } = scan;
  const standard = floorOf(floor);
  return [
    ...(standard === null ? belowFigures(scan, floor) : acceptedBelow(standard, scan, leaves)),
    ...flawFindings(flawsIn(scan, around)),
    ...(incomplete === null ? [] : [finding("scan.incomplete", [throttled ? `throttled: ${incomplete}` : incomplete])]),
  ];
}

function belowFigures({ versions, groups, primes }: Scan, floor: Floor): readonly Finding[] {
  const protocols = versions.filter(({ accepted, name }) => accepted === true && isOlder(name, floor));
  const suites = unique(versions.flatMap((version) => weakSuites(version, floor)));
  const curves = groups.map(groupByCode).filter((group) => group?.kind === "elliptic" && group.bits < floor.ecBits);
  const fields = primes.filter(({ bits }) => bits < floor.rsaBits);
  const weakGroups = [...curves.map((group) => group?.name ?? ""), ...fields.map(({ bits }) => `DH of ${bits} bits`)];
  return [
    ...told(
      "tls.protocol-accepted",
      protocols.map(({ name }) => name),
    ),
    ...told("tls.cipher-accepted", suites),
    ...told("tls.group-accepted", weakGroups),
  ];
}

type Code = "tls.protocol-accepted" | "tls.cipher-accepted" | "tls.group-accepted";

function told(code: Code, what: readonly string[]): readonly Finding[] {
  return what.length === 0 ? [] : [finding(code, [what.join(", ")])];
}

function isOlder(name: VersionScan["name"], { protocol }: Floor): boolean {
  return protocolNames.indexOf(name) < protocolNames.indexOf(protocol);
}

function weakSuites({ name, suites }: VersionScan, floor: Floor): readonly string[] {
  if (name === "SSLv2") return suites.map((code) => sslv2KindByCode(code)?.openssl ?? hex(code));
  return suites.flatMap((code) => {
    const suite = suiteByCode(code);
    if (suite === undefined) return [hex(code)];
    return isWeak(suite, floor) ? [suite.openssl] : [];
  });
}

/** Ciphers that no key length makes good (RFC 7465, RFC 8429, RFC 9325 §4.1), and sessions with nobody. */
function isWeak({ cipher, bits, authentication, forwardSecret, exportGrade }: Suite, floor: Floor): boolean {
  const broken = /^(RC2|RC4|DES|3DES|NULL|28147)/.test(cipher) || exportGrade;
  return (
    broken || bits < floor.cipherBits || authentication === "anonymous" || (floor.forwardSecrecy && !forwardSecret)
  );
}

const hex = (code: number): string => `0x${code.toString(16).padStart(4, "0")}`;

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
