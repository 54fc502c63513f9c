/** A scan measured by a standard: for each thing that is accepted the worst that the standard says of it, and where. */

import type { Leaf } from "../../model/observation.ts";
import type { Habits, Scan, VersionScan } from "../../model/scan.ts";
import { groupByCode } from "../../protocols/tls/groups.ts";
import { primeName } from "../../protocols/tls/primes.ts";
import { sslv2KindByCode } from "../../protocols/tls/sslv2.ts";
import { type Suite, suiteByCode } from "../../protocols/tls/suites.ts";
import { bcp195 } from "./bcp195.ts";
import { mozilla } from "./mozilla.ts";
import { ncscNl } from "./ncsc-nl.ts";
import { nist } from "./nist.ts";
import { pciDss } from "./pci-dss.ts";
import type { Rule, Standard, SuiteMatch } from "./standard.ts";

export const standards: readonly Standard[] = [ncscNl, mozilla, bcp195, pciDss, nist];

export interface Criterion {
  readonly of: Rule["of"];
  /** What was observed: `TLSv1`, `ECDHE-RSA-AES256-SHA`, `DH of 1024 bits`. */
  readonly observed: string;
  readonly level: string;
  /** Of the standard. */
  readonly section: string;
}

/** What a standard has something to say of. */
export interface Measured extends Pick<Scan, "groups" | "primes" | "habits"> {
  readonly versions: readonly Spoken[];
}

type Spoken = Pick<VersionScan, "name" | "accepted" | "suites">;

export interface Grade {
  readonly standard: string;
  readonly name: string;
  readonly source: string;
  /** The worst of all criteria. */
  readonly level: string;
  /** One for each thing observed, worst first. */
  readonly criteria: readonly Criterion[];
}

/** Null where nothing is accepted, or not enough is known. */
export function gradesOf(scan: Scan, leaves: readonly Leaf[]): readonly Grade[] | null {
  const isKnown = scan.versions.some(({ accepted }) => accepted) && scan.incomplete === null;
  return isKnown ? standards.map((standard) => gradeOf(standard, scan, leaves)) : null;
}

function gradeOf(standard: Standard, scan: Scan, leaves: readonly Leaf[]): Grade {
  const { id, name, source, levels } = standard;
  const rank = ({ level }: Criterion) => levels.indexOf(level);
  const criteria = [...criteriaOf(standard, scan, leaves)].sort((a, b) => rank(b) - rank(a));
  return { standard: id, name, source, level: criteria[0]?.level ?? levels[0] ?? "", criteria };
}

type RuleOf<K extends Rule["of"]> = Extract<Rule, { of: K }>;

function rulesOf<K extends Rule["of"]>({ rules }: Standard, of: K): readonly RuleOf<K>[] {
  return rules.filter((rule): rule is RuleOf<K> => rule.of === of);
}

/** By the first rule that fits; what no rule of its kind fits is worst. */
function found<K extends Rule["of"]>(
  standard: Standard,
  of: K,
  isFit: (rule: RuleOf<K>) => boolean,
): Pick<Rule, "level" | "section"> {
  const rules = rulesOf(standard, of);
  return rules.find(isFit) ?? { level: standard.levels.at(-1) ?? "", section: rules[0]?.section ?? "" };
}

function suiteLevel(standard: Standard, suite: Suite | undefined) {
  return found(standard, "suite", ({ match }) => suite !== undefined && fits(suite, match));
}

function groupLevel(standard: Standard, name: string) {
  return found(standard, "group", ({ names }) => names.includes(name));
}

/** How far from the best each standard puts a suite or a group, in the order of {@link standards}. */
export function ranksOf(what: { readonly suite: number } | { readonly group: number }): readonly number[] {
  return standards.map((standard) => {
    const { level } =
      "suite" in what
        ? suiteLevel(standard, suiteByCode(what.suite))
        : groupLevel(standard, groupByCode(what.group)?.name ?? "");
    return standard.levels.indexOf(level);
  });
}

/** What the standard says of each thing that was found, in no order. */
export function* criteriaOf(standard: Standard, scan: Measured, leaves: readonly Leaf[]): Generator<Criterion> {
  const worst = standard.levels.at(-1) ?? "";
  const judged = <K extends Rule["of"]>(of: K, observed: string, isFit: (rule: RuleOf<K>) => boolean): Criterion => {
    const { level, section } = found(standard, of, isFit);
    return { of, observed, level, section };
  };

  const spoken = scan.versions.filter(({ accepted }) => accepted);
  for (const { name } of spoken) yield judged("protocol", name, ({ names }) => names.includes(name));
  for (const { name, level, section } of rulesOf(standard, "required")) {
    const isSpoken = spoken.some((version) => version.name === name);
    const observed = `${name} is ${isSpoken ? "" : "not "}spoken`;
    yield { of: "required", observed, level: isSpoken ? level : worst, section };
  }
  for (const [label, suite] of suitesOf(spoken)) {
    const { level, section } = suiteLevel(standard, suite);
    yield { of: "suite", observed: label, level, section };
  }
  for (const code of scan.groups) {
    const label = groupByCode(code)?.name ?? `group-${code}`;
    const { level, section } = groupLevel(standard, label);
    yield { of: "group", observed: label, level, section };
  }
  for (const { bits, prime } of scan.primes) {
    const known = primeName(prime);
    const label = `DH of ${bits} bits${known === null ? "" : ` (${known})`}`;
    yield judged("prime", label, (rule) =>
      rule.known ? known !== null && rule.known.includes(known) : bits >= (rule.bits ?? 0),
    );
  }
  for (const leaf of leaves) {
    const type = leaf.keyType === "rsa" || leaf.keyType === "ec" ? leaf.keyType : "other";
    const label = `${leaf.keyType} key of ${leaf.keyBits} bits`;
    yield judged("key", label, (rule) => rule.type === type && leaf.keyBits >= rule.bits);
    const hash = hashOf(leaf);
    if (hash !== null) yield judged("signature", `signed with ${hash}`, ({ hashes }) => hashes.includes(hash));
  }
  for (const habit of new Set(rulesOf(standard, "habit").map((rule) => rule.habit))) {
    const value = scan.habits[habit];
    if (value === null) continue;
    yield judged("habit", habitWords(habit, value), (rule) => rule.habit === habit && rule.is === value);
  }
}

/** Each once, by the name that people know it by; those that nobody registered have none. */
function suitesOf(spoken: readonly Spoken[]): ReadonlyMap<string, Suite | undefined> {
  const named = spoken.flatMap(({ name, suites }) =>
    suites.map((code): [string, Suite | undefined] => {
      if (name === "SSLv2") return [sslv2KindByCode(code)?.name ?? hex(code), undefined];
      const suite = suiteByCode(code);
      return [suite?.openssl ?? hex(code), suite];
    }),
  );
  return new Map(named);
}

const hex = (code: number): string => `0x${code.toString(16).toUpperCase().padStart(4, "0")}`;

function fits(suite: Suite, { tls13, keyExchange, authentication, cipher, integrity, bits }: SuiteMatch): boolean {
  return (
    (tls13 === undefined || suite.tls13 === tls13) &&
    (keyExchange === undefined || keyExchange.includes(suite.keyExchange)) &&
    (authentication === undefined || authentication.includes(suite.authentication)) &&
    (cipher === undefined || cipher.includes(suite.cipher)) &&
    (integrity === undefined || integrity.includes(suite.integrity)) &&
    (bits === undefined || suite.bits >= bits) &&
    !suite.exportGrade
  );
}

/** Null for signatures that have their own, such as EdDSA's. */
function hashOf({ signatureAlgorithm }: Leaf): string | null {
  const found = /(md[245]|sha-?(1|224|256|384|512))(?!\d)/i.exec(signatureAlgorithm)?.[1];
  return found?.toLowerCase().replace("-", "") ?? null;
}

const habitNames: Readonly<Record<keyof Habits, string>> = {
  secureRenegotiation: "secure renegotiation",
  extendedMasterSecret: "extended master secret",
  compression: "compression",
  heartbeat: "heartbeat",
  tickets: "session tickets",
  fallbackScsv: "TLS_FALLBACK_SCSV",
};

function habitWords(habit: keyof Habits, value: boolean): string {
  return `${value ? "" : "no "}${habitNames[habit]}`;
}
