/** The state table: what machines found, written on change. Rights: resolve, plan, judge. */

import type { DnsTrouble, MxAnswer } from "../model/domain-facts.ts";
import { causeStore } from "./causes.ts";
import { choiceStore } from "./choices.ts";
import { circleStore } from "./circles.ts";
import { shardOf, shards } from "./keys.ts";
import { pack, unpack } from "./pack.ts";
import { rosterStore } from "./rosters.ts";
import { scanStore } from "./scans.ts";
import type { StateStore, StoredHost } from "./store.ts";
import { absent, type Item, type Key, type Table } from "./table.ts";
import { targetStore } from "./targets.ts";

type DomainItem = Item & { mx: MxAnswer; since: number; failure: DnsTrouble | null };
type HostItem = Item & StoredHost;
type DocumentItem = Item & { version: number; body: Uint8Array };
type CycleItem = Item & { cycle: number; start: number; at: number };

const cycleKey: Key = { pk: "FLEET", sk: "CYCLE" };
const documentKey = (name: string): Key => ({ pk: `DOC#${name}`, sk: "DOC" });
const domainKey = (domain: string): Key => ({ pk: `DOM#${shardOf(domain)}`, sk: domain });
const hostKey = (host: string): Key => ({ pk: `HOST#${shardOf(host)}`, sk: host });

export function stateStore(table: Table): StateStore {
  async function* everyShard<T extends Item>(kind: "DOM" | "HOST"): AsyncGenerator<T> {
    for (let shard = 0; shard < shards; shard++) yield* table.query<T>(`${kind}#${shard}`);
  }

  return {
    async domain(domain) {
      const item = await table.get<DomainItem>(domainKey(domain));
      return item && { domain, mx: item.mx, since: item.since, failure: item.failure };
    },
    async *domains() {
      for await (const { sk, mx, since, failure } of everyShard<DomainItem>("DOM")) {
        yield { domain: sk, mx, since, failure };
      }
    },
    async putDomain({ domain, mx, since, failure }) {
      await table.put({ ...domainKey(domain), mx, since, failure });
    },
    async removeDomain(domain) {
      await table.remove(domainKey(domain));
    },
    async host(host) {
      const item = await table.get<HostItem>(hostKey(host));
      return item && storedHost(item);
    },
    async *hosts() {
      for await (const item of everyShard<HostItem>("HOST")) yield storedHost(item);
    },
    async putHost(host) {
      await table.put({ ...hostKey(host.facts.host), ...host });
    },
    async removeHost(host) {
      await table.remove(hostKey(host));
    },

    ...rosterStore(table),
    ...targetStore(table),
    ...scanStore(table),
    ...causeStore(table),
    ...circleStore(table),
    ...choiceStore(table),

    async document<T>(name: string) {
      const item = await table.get<DocumentItem>(documentKey(name));
      return item ? { value: unpack<T>(item.body), version: item.version } : { value: null, version: 0 };
    },
    async putDocument(name, { value, version }) {
      const asRead = version === 0 ? absent : { expression: "#version = :version", values: { version } };
      return await table.put({ ...documentKey(name), version: version + 1, body: pack(value) }, asRead);
    },

    /** One item for the whole fleet: the claim is the heartbeat. Ordered by the cycle's start, since another interval counts anew. */
    async claimCycle(cycle, at, everyMs) {
      const start = cycle * everyMs;
      const item = { ...cycleKey, cycle, start, at };
      // One that hasn't begun was claimed by a clock that was ahead, and has been set right.
      const later = "attribute_not_exists(#pk) OR #start < :start OR #start > :ahead";
      return await table.put(item, { expression: later, values: { start, ahead: at + everyMs } });
    },
    async lastCycle() {
      const item = await table.get<CycleItem>(cycleKey);
      return item && { cycle: item.cycle, at: item.at };
    },
  };
}

function storedHost({ facts, since, failure, pool }: HostItem): StoredHost {
  return { facts, since, failure, pool };
}
