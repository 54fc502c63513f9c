/**
 * One number from 0 to 100. What is accepted costs, in each of five respects as much as the worst of it; what isn't
 * accepted costs nothing: so a server that is made stricter never loses.
 */

import type { Leaf, ProtocolName } from "../../model/observation.ts";
import type { Scan } from "../../model/scan.ts";
import { groupByCode } from "../../protocols/tls/groups.ts";
import { type Suite, suiteByCode } from "../../protocols/tls/suites.ts";

/** Points that each costs; docs/scan.md has the table. */
const costs = {
  protocol: { "TLSv1.3": 0, "TLSv1.2": 2, "TLSv1.1": 15, TLSv1: 18, SSLv3: 30, SSLv2: 35 } satisfies Record<
    ProtocolName,
    number
  >,
  suite: { aead: 0, cbc: 4, noForwardSecrecy: 8, weak: 20, none: 35 },
  exchange: { strong: 0, dh2048: 2, weak: 12 },
  key: { strong: 0, rsa2048: 2, weak: 12 },
  flaw: { none: 0, intolerant: 3, renegotiation: 6, compression: 6 },
} as const;

/** Null where nothing is accepted, or not enough is known. */
export function scoreOf(scan: Scan, leaves: readonly Leaf[]): number | null {
  const spoken = scan.versions.filter(({ accepted }) => accepted);
  if (spoken.length === 0 || scan.incomplete !== null) return null;
  const suites = spoken.flatMap(({ name, suites: codes }) =>
    name === "SSLv2" ? [costs.suite.none] : codes.map((code) => suiteCost(suiteByCode(code))),
  );
  const cost =
    most(spoken.map(({ name }) => costs.protocol[name])) +
    most(suites) +
    most([...scan.groups.map(groupCost), ...scan.primes.map(({ bits }) => fieldCost(bits))]) +
    most(leaves.map(keyCost)) +
    flawCost(scan);
  return Math.max(0, 100 - cost);
}

const most = (values: readonly number[]): number => Math.max(0, ...values);

export function suiteCost(suite: Suite | undefined): number {
  if (suite === undefined || suite.bits < 112 || suite.authentication === "anonymous") return costs.suite.none;
  if (suite.bits < 128 || /^(RC|28147)/.test(suite.cipher)) return costs.suite.weak;
  if (!suite.forwardSecret) return costs.suite.noForwardSecrecy;
  return suite.integrity === "AEAD" ? costs.suite.aead : costs.suite.cbc;
}

export function groupCost(code: number): number {
  const group = groupByCode(code);
  if (group === undefined) return costs.exchange.weak;
  if (group.kind === "finite-field") return fieldCost(group.bits);
  return group.kind === "elliptic" && group.bits < 224 ? costs.exchange.weak : costs.exchange.strong;
}

function fieldCost(bits: number): number {
  if (bits < 2048) return costs.exchange.weak;
  return bits < 3072 ? costs.exchange.dh2048 : costs.exchange.strong;
}

function keyCost({ keyType, keyBits }: Leaf): number {
  const [least, strong] =
    keyType === "rsa" || keyType === "dsa" ? [2048, 3072] : keyType === "ec" ? [224, 256] : [0, 0];
  if (keyBits < least) return costs.key.weak;
  return keyBits < strong ? costs.key.rsa2048 : costs.key.strong;
}

function flawCost({ habits, intolerant }: Scan): number {
  return (
    (habits.secureRenegotiation === false ? costs.flaw.renegotiation : 0) +
    (habits.compression === true ? costs.flaw.compression : 0) +
    (intolerant ? costs.flaw.intolerant : 0)
  );
}
