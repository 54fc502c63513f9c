/** What an import would change, in words. */

import { isDeepStrictEqual } from "node:util";
import type { Customer, Fleet } from "../model/customer.ts";
import type { ConfigStore } from "../store/store.ts";
import { writeCustomer, writeHead } from "./write.ts";

export interface FleetDiff {
  /** Ids. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly { readonly id: string; readonly fields: readonly string[] }[];
  /** `gateways`, `vantages`, `tlsMode`, `policy`, `notify`, `windows`: what differs of the rest of the file. */
  readonly head: readonly string[];
  /** Customers that stand in the store now. */
  readonly before: number;
}

/** `present` is read one by one; of `fleet` only ids are held twice. */
export async function diffFleet(config: ConfigStore, fleet: Fleet): Promise<FleetDiff> {
  const wanted = new Map(fleet.customers.map((customer) => [customer.id, customer]));
  const seen = new Set<string>();
  const removed: string[] = [];
  const changed: { id: string; fields: readonly string[] }[] = [];
  for await (const present of config.customers()) {
    seen.add(present.id);
    const next = wanted.get(present.id);
    if (next === undefined) removed.push(present.id);
    else if (!isDeepStrictEqual(present, next)) changed.push({ id: next.id, fields: changedFields(present, next) });
  }
  const added = fleet.customers.map(({ id }) => id).filter((id) => !seen.has(id));
  const head = differing(
    writeHead(await config.settings(), await config.gateways()),
    writeHead(
      fleet.settings,
      [...fleet.gateways].sort((a, b) => (a.id < b.id ? -1 : 1)),
    ),
  );
  return { added, removed: removed.sort(), changed, head, before: seen.size };
}

export function isEmpty({ added, removed, changed, head }: FleetDiff): boolean {
  return added.length + removed.length + changed.length + head.length === 0;
}

/** One line each, in the order in which a person wants to know. */
export function* describeDiff(diff: FleetDiff): Generator<string> {
  for (const part of diff.head) yield `~ ${part}`;
  for (const id of diff.removed) yield `- ${id}`;
  for (const { id, fields } of diff.changed) yield `~ ${id}: ${fields.join("; ")}`;
  for (const id of diff.added) yield `+ ${id}`;
  const { added, changed, removed } = diff;
  yield `${added.length} added, ${changed.length} changed, ${removed.length} removed`;
}

/** `gateway: 'a' → 'b'`. */
function changedFields(before: Customer, after: Customer): readonly string[] {
  const [old, new_] = [writeCustomer(before), writeCustomer(after)];
  return differing(old, new_).map((field) => `${field}: ${inWords(old[field])} → ${inWords(new_[field])}`);
}

function inWords(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

/** Keys whose values differ. */
function differing(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => !isDeepStrictEqual(a[key], b[key]));
}
