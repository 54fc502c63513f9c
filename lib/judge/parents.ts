/** One cause, one alarm: what suffering targets have in common, and when that is what is told. Pure. */

import { getDomain } from "tldts-icann";
import type { ParentFacts } from "../model/incident.ts";

/** What several targets may share; its subject is that of the parent's cause. */
export interface ParentKey {
  readonly kind: ParentFacts["kind"];
  /** `provider:mail.example`. */
  readonly subject: string;
  readonly label: string;
}

/** What is known of a target that somebody shares something with. */
export interface ChildFacts {
  readonly address: string;
  /** The name people know it by; null for a bare address. */
  readonly host: string | null;
  /** SHA-256 of the certificate that is shown, where the trouble is one of certificates; else null. */
  readonly certificate: string | null;
  /** Gateways whose hosts it is one of. */
  readonly gateways: readonly string[];
  /** The only vantage that suffers, where others don't; else null. */
  readonly onlyFrom: string | null;
}

/** Most specific first: where two explain the same, the nearer one does. */
const kinds: readonly ParentFacts["kind"][] = ["certificate", "address", "mx-set", "provider", "vantage"];

export const fewestChildren = 5;
export const shareOfChildren = 0.2;

export function parentsOf({ address, host, certificate, gateways, onlyFrom }: ChildFacts): readonly ParentKey[] {
  const provider = host === null ? null : getDomain(host);
  const key = (kind: ParentFacts["kind"], prefix: string, value: string, label = value): ParentKey => {
    return { kind, subject: `${prefix}:${value}`, label };
  };
  return [
    ...(certificate === null ? [] : [key("certificate", "certificate", certificate, `${certificate.slice(0, 12)}...`)]),
    key("address", "address", address),
    ...gateways.map((gateway) => key("mx-set", "mx", gateway)),
    ...(provider === null ? [] : [key("provider", "provider", provider)]),
    ...(onlyFrom === null ? [] : [key("vantage", "vantage", onlyFrom)]),
  ];
}

export interface Suffering<T> {
  readonly child: T;
  readonly keys: readonly ParentKey[];
}

export interface Family<T> {
  readonly key: ParentKey;
  readonly children: readonly T[];
}

/** Enough of a parent's children suffer that it is what is told of. `known`: how many it has; 0 where nobody counted. */
export function opensParent(suffering: number, known: number): boolean {
  return suffering >= Math.max(fewestChildren, Math.ceil(known * shareOfChildren));
}

/** So few are left that each is told alone. */
export function isOverFor(suffering: number): boolean {
  return suffering < fewestChildren;
}

/** The parents to open: each child under one, what explains the most of them first. */
export function familiesOf<T>(
  suffering: readonly Suffering<T>[],
  knownOf: (key: ParentKey) => number,
): readonly Family<T>[] {
  const families: Family<T>[] = [];
  let left = suffering;
  for (;;) {
    const best = bestOf(left, knownOf);
    if (best === null) return families;
    families.push(best);
    const taken = new Set(best.children);
    left = left.filter(({ child }) => !taken.has(child));
  }
}

function bestOf<T>(left: readonly Suffering<T>[], knownOf: (key: ParentKey) => number): Family<T> | null {
  const groups = new Map<string, { key: ParentKey; children: T[] }>();
  for (const { child, keys } of left) {
    for (const key of keys) {
      const group = groups.get(key.subject) ?? { key, children: [] };
      groups.set(key.subject, group);
      group.children.push(child);
    }
  }
  const open = [...groups.values()].filter(({ key, children }) => opensParent(children.length, knownOf(key)));
  const widest = open.toSorted((a, b) => b.children.length - a.children.length || nearness(a) - nearness(b))[0];
  if (widest === undefined) return null;
  // What most of them share says more of the cause than what all of them do: one certificate rather than a whole provider.
  const all = new Set(widest.children);
  const isOfMost = ({ children }: Family<T>) => 2 * children.filter((child) => all.has(child)).length > all.size;
  const most = open.filter(isOfMost);
  return most.toSorted((a, b) => nearness(a) - nearness(b) || b.children.length - a.children.length)[0] ?? widest;
}

function nearness<T>({ key }: Family<T>): number {
  return kinds.indexOf(key.kind);
}
