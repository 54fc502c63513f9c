/** What changed between two scans of a server, in words. What wasn't asked to the end isn't told as gone. */

import type { FlawSeen } from "../model/scan.ts";

/** What a scan found, by the names that people know. */
export interface Inventory {
  readonly protocols: readonly string[];
  /** `ECDHE-RSA-AES256-SHA in TLSv1.2`. */
  readonly suites: readonly string[];
  readonly groups: readonly string[];
  /** By version: one that nobody asked about is left out. */
  readonly signatures: Readonly<Record<string, readonly string[]>>;
  /** SHA-256 of the leaves that were shown. */
  readonly certificates: readonly string[];
  /** What isn't known of one neither came nor went. */
  readonly flaws: readonly Pick<FlawSeen, "name" | "result">[];
  readonly isComplete: boolean;
}

/** `TLSv1 is gone`, `X25519MLKEM768 is new`; empty where nothing changed. Suites of a version that came or went go with it. */
export function changesBetween(before: Inventory, after: Inventory): readonly string[] {
  const moved = new Set([...came(before.protocols, after.protocols), ...went(before.protocols, after.protocols)]);
  const own = (suites: readonly string[]) => suites.filter((suite) => !moved.has(suite.split(" in ").at(-1) ?? ""));
  const signedIn = (version: string) =>
    !moved.has(version) && version in before.signatures && version in after.signatures;
  const signatures = (from: Inventory) =>
    Object.entries(from.signatures).flatMap(([version, names]) =>
      signedIn(version) ? names.map((name) => `${name} in ${version}`) : [],
    );
  const kinds: readonly [readonly string[], readonly string[], (name: string) => string][] = [
    [before.protocols, after.protocols, (name) => name],
    [own(before.suites), own(after.suites), (name) => name],
    [before.groups, after.groups, (name) => `group ${name}`],
    [signatures(before), signatures(after), (name) => `signature ${name}`],
    [before.certificates, after.certificates, (name) => `certificate ${name.slice(0, 12)}...`],
    [flawed(before, after), flawed(after, before), (name) => name],
  ];
  return kinds.flatMap(([old, fresh, named]) => [
    ...(after.isComplete ? went(old, fresh).map((name) => `${named(name)} is gone`) : []),
    ...(before.isComplete ? came(old, fresh).map((name) => `${named(name)} is new`) : []),
  ]);
}

/** Those that the other knows of as well. */
function flawed({ flaws }: Inventory, other: Inventory): readonly string[] {
  const known = new Set(other.flaws.filter(({ result }) => result !== "unknown").map(({ name }) => name));
  return flaws.flatMap(({ name, result }) => (result === "flawed" && known.has(name) ? name : []));
}

function came(before: readonly string[], after: readonly string[]): readonly string[] {
  return after.filter((name) => !before.includes(name));
}

function went(before: readonly string[], after: readonly string[]): readonly string[] {
  return came(after, before);
}
