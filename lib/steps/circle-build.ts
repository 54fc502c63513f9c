/** Whose contacts stand behind each target that several customers share: found while the rosters are built. Pure. */

import { hash } from "node:crypto";
import { addressesOf, type Circle, type Member, memberKey, mostNamed, type Share } from "../model/circle.ts";
import type { Contact, Customer } from "../model/customer.ts";
import { spread } from "../model/spread.ts";
import type { TargetKey } from "../model/target.ts";

/** A page begins where a key says so, so that whoever comes or goes changes one page and no other. */
const pageLength = 256;
/** Of JSON: an item takes 400 kB, and it is packed. */
const longestPage = 300_000;

export interface CircleBuilder {
  /** `need` is the `needId` of what the customer wants of the target, `host` the name by which it reaches it. */
  add(target: TargetKey, customer: Customer, need: string, host: string): void;
  /** Undefined where fewer than two customers want it; without members where nobody of them has a contact. */
  circleOf(target: TargetKey): Circle | undefined;
}

/** One object for each customer and wish, however many targets it stands behind. */
interface Source {
  readonly id: string;
  readonly contacts: readonly Contact[];
  readonly need: string;
}

/** By the names that customers reach it by: a hundred thousand behind a gateway have few. */
type Sources = Map<string, Source[]>;

export function createCircleBuilder(): CircleBuilder {
  const behind = new Map<TargetKey, Sources>();
  let latest = new Map<string, Source>();
  let latestId: string | null = null;

  /** Customers come one after the other. */
  function sourceOf({ id, contacts }: Customer, need: string): Source {
    if (latestId !== id) latest = new Map();
    latestId = id;
    const source = latest.get(need) ?? { id, contacts, need };
    latest.set(need, source);
    return source;
  }

  return {
    add(target, customer, need, host) {
      const sources: Sources = behind.get(target) ?? new Map<string, Source[]>();
      behind.set(target, sources);
      const source = sourceOf(customer, need);
      const known = sources.get(host);
      if (known === undefined) sources.set(host, [source]);
      else if (known.at(-1) !== source) known.push(source);
    },
    circleOf(target) {
      const sources = behind.get(target);
      if (sources === undefined || !areSeveral(sources)) return undefined;
      return circleOf(membersOf(sources));
    },
  };
}

/** What a roster's entry names it by; undefined where nobody is to be told. */
export function circleDigest(circle: Circle | undefined): string | undefined {
  return circle === undefined || circle.pages.length === 0 ? undefined : circle.head.digest;
}

function areSeveral(sources: Sources): boolean {
  let first: string | null = null;
  for (const all of sources.values()) {
    for (const { id } of all) {
      first ??= id;
      if (id !== first) return true;
    }
  }
  return false;
}

interface Growing {
  readonly contact: Contact;
  /** By need and customer: the first name of several. */
  readonly shares: Map<string, Map<string, string>>;
}

function membersOf(sources: Sources): readonly Member[] {
  const members = new Map<string, Growing>();
  for (const [host, all] of sources) {
    for (const { id, contacts, need } of all) {
      for (const contact of contacts.flatMap(addressesOf)) {
        const key = memberKey(contact);
        const member = members.get(key) ?? { contact, shares: new Map<string, Map<string, string>>() };
        members.set(key, member);
        const hosts = member.shares.get(need) ?? new Map<string, string>();
        member.shares.set(need, hosts);
        const before = hosts.get(id);
        if (before === undefined || host < before) hosts.set(id, host);
      }
    }
  }
  return [...members].sort(byKey).map(([key, { contact, shares }]) => {
    return { key, contact, shares: [...shares].sort(byKey).map(shareOf) };
  });
}

function shareOf([need, hosts]: readonly [string, ReadonlyMap<string, string>]): Share {
  const named = [...hosts].sort(byKey).slice(0, mostNamed);
  return { need, named: named.map(([customer, host]) => ({ customer, host })), count: hosts.size };
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function circleOf(members: readonly Member[]): Circle {
  const pages: Member[][] = [];
  let length = 0;
  for (const member of members) {
    const page = pages.at(-1);
    const own = JSON.stringify(member).length;
    length += own;
    if (page !== undefined && length <= longestPage && spread(member.key) % pageLength !== 0) {
      page.push(member);
      continue;
    }
    pages.push([member]);
    length = own;
  }
  const named = pages.map((page) => ({ first: page[0]?.key ?? "", id: digestOf(page) }));
  const waits = new Set(members.map(({ contact }) => contact.after ?? 0).filter((after) => after > 0));
  return { head: { digest: digestOf(named), pages: named, waits: [...waits].sort((a, b) => a - b) }, pages };
}

function digestOf(value: unknown): string {
  return hash("sha256", JSON.stringify(value), "base64url").slice(0, 16);
}
