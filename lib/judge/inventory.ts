/** What a scan found, by the names that people know: for saying what changed since another. */

import { type Scan, signaturesUsed } from "../model/scan.ts";
import { groupByCode } from "../protocols/tls/groups.ts";
import { signatureName } from "../protocols/tls/signatures.ts";
import { sslv2KindByCode } from "../protocols/tls/sslv2.ts";
import { suiteByCode } from "../protocols/tls/suites.ts";
import { type Around, flawsIn } from "./flaws.ts";
import { judges } from "./grades/badness.ts";
import { changesBetween, type Inventory } from "./scan-diff.ts";

/**
 * `TLSv1 is gone`, `group X25519MLKEM768 is new`. Where one of both asked for the worst of suites and groups alone, what
 * it would have come upon is told, and what it may have passed over isn't. Of each also who else speaks SSLv2 with its key.
 */
export function scanChanges(
  before: Scan,
  after: Scan,
  [wasElsewhere, isElsewhere]: readonly [Elsewhere, Elsewhere] = [[], []],
): readonly string[] {
  const [old, fresh] = [inventoryOf(before, wasElsewhere), inventoryOf(after, isElsewhere)];
  if (before.depth === "full" && after.depth === "full") return changesBetween(old, fresh);
  const certain = (some: Scan, other: Scan, codes: (scan: Scan) => readonly number[], badness: Badness) => {
    const seen = codes(other).map(badness);
    return [...new Set(codes(some))].filter((code) => seen.length > 0 && isWorse(badness(code), seen));
  };
  const suitesOf = ({ versions }: Scan) => versions.flatMap(({ name, suites }) => (name === "SSLv2" ? [] : suites));
  const groupsOf = ({ groups }: Scan) => groups;
  const suites = (some: Scan, other: Scan) => certain(some, other, suitesOf, judges.suite).map(suiteName);
  const groups = (some: Scan, other: Scan) => certain(some, other, groupsOf, judges.group).map(groupName);
  const modern = (some: Scan, other: Scan) =>
    groupsOf(some).filter((code) => isQuantum(code) && !groupsOf(other).includes(code));
  return changesBetween(
    {
      ...old,
      suites: suites(before, after),
      groups: groups(before, after),
      signatures: {},
      certificates: [],
    },
    {
      ...fresh,
      suites: suites(after, before),
      // A server names such a group before all others.
      groups: [...groups(after, before), ...modern(after, before).map(groupName)],
      signatures: {},
      certificates: [],
    },
  );
}

type Elsewhere = Around["sslv2Elsewhere"];

function inventoryOf(scan: Scan, sslv2Elsewhere: Elsewhere): Inventory {
  const { versions, groups, certificates, incomplete } = scan;
  return {
    protocols: versions.filter(({ accepted }) => accepted).map(({ name }) => name),
    suites: versions.flatMap(({ name, suites }) =>
      suites.map(
        (code) => `${name === "SSLv2" ? (sslv2KindByCode(code)?.openssl ?? hex(code)) : suiteName(code)} in ${name}`,
      ),
    ),
    groups: groups.map(groupName),
    signatures: Object.fromEntries(
      signaturesUsed(scan).map(({ version, signatures }) => [version, signatures.map(signatureName)]),
    ),
    certificates: certificates.map(({ sha256 }) => sha256),
    flaws: flawsIn(scan, { sslv2Elsewhere }).flatMap(({ name, result }) => (result === "flawed" ? name : [])),
    isComplete: incomplete === null,
  };
}

type Badness = (code: number) => readonly number[];

/** To at least one that judges it is worse than all that was seen: a graded scan asks for just these. */
function isWorse(value: readonly number[], seen: readonly (readonly number[])[]): boolean {
  return value.some((bad, at) => seen.every((one) => bad > (one[at] ?? 0)));
}

const suiteName = (code: number): string => suiteByCode(code)?.openssl ?? hex(code);
const groupName = (code: number): string => groupByCode(code)?.name ?? `group-${code}`;
const isQuantum = (code: number): boolean => /hybrid|post-quantum/.test(groupByCode(code)?.kind ?? "");
const hex = (code: number): string => `0x${code.toString(16).toUpperCase().padStart(4, "0")}`;
