/** What a scan found, by the names that people know: for saying what changed since another. */

import type { ProtocolName } from "../model/observation.ts";
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
  const suites = (some: Scan, other: Scan) => [
    ...new Set(certain(suitesIn(some), suitesIn(other), badOf).map(suiteOf)),
  ];
  const groupsOf = ({ groups }: Scan) => groups;
  const groups = (some: Scan, other: Scan) => certain(groupsOf(some), groupsOf(other), judges.group).map(groupName);
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
    flaws: flawsIn(scan, { sslv2Elsewhere }),
    isComplete: incomplete === null,
  };
}

/** To at least one that judges they are worse than all that was `seen`: a graded scan asks for just these. */
function certain<T>(some: readonly T[], seen: readonly T[], badness: (one: T) => readonly number[]): readonly T[] {
  const known = seen.map(badness);
  const isWorse = (bad: number, at: number) => known.every((one) => bad > (one[at] ?? 0));
  return seen.length === 0 ? [] : some.filter((one) => badness(one).some(isWorse));
}

interface SuiteSeen {
  readonly code: number;
  readonly version: ProtocolName;
}

function suitesIn({ versions }: Scan): readonly SuiteSeen[] {
  const older = versions.filter(({ name }) => name !== "SSLv2");
  return older.flatMap(({ name, suites }) => suites.map((code) => ({ code, version: name })));
}

const badOf = ({ code, version }: SuiteSeen): readonly number[] => judges.suite(code, version);
const suiteOf = ({ code }: SuiteSeen): string => suiteName(code);
const suiteName = (code: number): string => suiteByCode(code)?.openssl ?? hex(code);
const groupName = (code: number): string => groupByCode(code)?.name ?? `group-${code}`;
const isQuantum = (code: number): boolean => /hybrid|post-quantum/.test(groupByCode(code)?.kind ?? "");
const hex = (code: number): string => `0x${code.toString(16).toUpperCase().padStart(4, "0")}`;
