/** Everything that is known of a customer's chains, read from the store and handed to the judge. */

import { isIP } from "node:net";
import { type Customer, type FleetSettings, type Gateway, publicVantages } from "../model/customer.ts";
import type { ScanResult } from "../model/deep-scan.ts";
import type { DomainFacts, HostFacts } from "../model/domain-facts.ts";
import { type KnownDns, type Reach, reachesOf, smtpPort } from "../model/reach.ts";
import type { TargetLook } from "../model/status.ts";
import { type TargetKey, targetKey } from "../model/target.ts";
import { keptVantages, withInstalled } from "../steps/installed.ts";
import type { LedgerEntry, Store, StoredDomain, TargetState } from "../store/store.ts";

export interface Gathered {
  readonly customer: Customer;
  readonly gateway: Gateway | null;
  readonly settings: FleetSettings;
  /** Domains that DNS was asked for, by name. */
  readonly domains: ReadonlyMap<string, DomainFacts>;
  /** Exchanges and downstream hosts that DNS was asked for, by name. */
  readonly hosts: ReadonlyMap<string, HostFacts>;
  readonly reaches: readonly Reach[];
  /** By {@link placeOf}; absent before the first look. */
  readonly states: ReadonlyMap<string, TargetState>;
  readonly looks: ReadonlyMap<string, TargetLook>;
}

/** A target as seen from one vantage. */
export function placeOf(key: TargetKey, vantage: string): string {
  return `${vantage} ${key}`;
}

/** Cycles looked back upon for the last answer: mostly the newest has it, else a day of five-minute cycles. */
const newestCycles = 4;
const manyCycles = 288;

/** Shared by all customers of one run: what many of them have in common is read once. */
export interface Gatherer {
  gather(customers: readonly Customer[]): Promise<readonly Gathered[]>;
}

/** @param scans of whom scans are read: of all, or of those whose verdicts depend on them. */
export async function createGatherer(store: Store, scans: "all" | "deciding" = "all"): Promise<Gatherer> {
  const { config, state, ledger } = store;
  const [written, gatewayList, { value: installed }] = await Promise.all([
    config.settings(),
    config.gateways(),
    keptVantages(store),
  ]);
  const settings = withInstalled(written, installed);
  const openly = publicVantages(settings);
  const gateways = new Map(gatewayList.map((gateway) => [gateway.id, gateway]));
  const domain = once((name: string) => state.domain(name));
  const host = once((name: string) => state.host(name));
  const newest = once((slice: number) => ledger.ledger(slice, newestCycles));
  const many = once((slice: number) => ledger.ledger(slice, manyCycles));
  const names = once((place: string) => {
    const at = place.indexOf(" ");
    return state.names(place.slice(at + 1), place.slice(0, at));
  });

  async function lastSeen({ facts, slice, slot }: TargetState): Promise<number | null> {
    if (facts === null) return null;
    const seen = lastAnswer(await newest(slice), slot) ?? lastAnswer(await many(slice), slot);
    return Math.max(seen ?? 0, facts.at);
  }

  async function look(
    known: TargetState,
    references: ReadonlySet<string>,
    scan: ScanResult | undefined,
  ): Promise<TargetLook> {
    const { facts, factsSince, silence, everEncrypted } = known;
    const others = facts !== null && [...references].some((name) => name !== facts.host);
    const [seen, own] = await Promise.all([
      lastSeen(known),
      others ? names(placeOf(known.key, known.vantage)) : Promise.resolve([]),
    ]);
    return {
      facts,
      factsSince,
      silence: silence?.observation ?? null,
      lastSeen: seen,
      everEncrypted,
      names: new Map(own.map(({ name, certificate }) => [name, certificate])),
      ...(scan !== undefined && { scan }),
    };
  }

  async function dnsOf(customer: Customer): Promise<Pick<Gathered, "domains" | "hosts"> & { readonly dns: KnownDns }> {
    const stored = await present(customer.domains.map(({ name }) => domain(name)));
    const exchanges = stored.flatMap(exchangesOf);
    const downstream = customer.downstream.map((server) => server.host).filter((name) => isIP(name) === 0);
    const found = await present([...new Set([...exchanges, ...downstream])].map((name) => host(name)));
    const hosts = new Map(found.map(({ facts }) => [facts.host, facts]));
    const domains = new Map(stored.map((one) => [one.domain, domainFacts(one, hosts)]));
    const dns = {
      exchangesOf: (name: string) => domains.get(name)?.hosts.map((facts) => facts.host) ?? [],
      addressesOf: (name: string) => hosts.get(name)?.addresses ?? [],
    };
    return { domains, hosts, dns };
  }

  return {
    async gather(customers) {
      const known = await Promise.all(
        customers.map(async (customer) => {
          const gateway = gateways.get(customer.gateway ?? "") ?? null;
          const { domains, hosts, dns } = await dnsOf(customer);
          return {
            customer,
            gateway,
            settings,
            domains,
            hosts,
            reaches: reachesOf(customer, gateway?.port ?? smtpPort, dns, openly),
          };
        }),
      );
      const references = referencesOf(known.flatMap(({ reaches }) => reaches));
      const deciding = known.filter(({ customer }) => scans === "all" || decidesByScan(customer));
      const scanned = new Set(deciding.flatMap(({ reaches }) => reaches.map(({ target }) => targetKey(target))));
      const [found, results] = await Promise.all([
        state.targets([...references.values()]),
        scanned.size === 0 ? new Map<TargetKey, ScanResult>() : state.scanResults([...scanned]),
      ]);
      const states = new Map(found.map((one) => [placeOf(one.key, one.vantage), one]));
      const looked = await Promise.all(
        [...states].map(
          async ([place, one]) =>
            [place, await look(one, references.get(place)?.names ?? new Set(), results.get(one.key))] as const,
        ),
      );
      const looks = new Map(looked);
      return known.map((one) => ({ ...one, states, looks }));
    },
  };
}

/** `load` asked once for each key. What it remembers is dropped when it grows: a fleet must not fill the memory. */
function once<K, V>(load: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const mostKept = 20_000;
  const kept = new Map<K, Promise<V>>();
  return (key) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    if (kept.size >= mostKept) kept.clear();
    const value = load(key);
    kept.set(key, value);
    return value;
  };
}

async function present<T>(promised: readonly Promise<T | undefined>[]): Promise<readonly T[]> {
  return (await Promise.all(promised)).filter((one) => one !== undefined) as T[];
}

/** When a slot was last answered, in clear or encrypted; `entries` are newest first. */
function lastAnswer(entries: readonly LedgerEntry[], slot: number): number | undefined {
  return entries.find(({ marks }) => marks[slot] === "tls" || marks[slot] === "clear")?.at;
}

function exchangesOf({ mx }: StoredDomain): readonly string[] {
  return mx.kind === "mx" || mx.kind === "implicit" ? mx.records.map((record) => record.host) : [];
}

function domainFacts(stored: StoredDomain, hosts: ReadonlyMap<string, HostFacts>): DomainFacts {
  return {
    domain: stored.domain,
    mx: stored.mx,
    failure: stored.failure?.reason ?? null,
    hosts: exchangesOf(stored).map(
      (host) => hosts.get(host) ?? { host, addresses: [], aliases: [], failure: null, ttl: 0 },
    ),
  };
}

function decidesByScan({ require: { gateway, downstream } }: Customer): boolean {
  return gateway.floor.acceptsNothingBelow === true || downstream.floor.acceptsNothingBelow === true;
}

function referencesOf(reaches: readonly Reach[]) {
  const places = new Map<string, { readonly key: TargetKey; readonly vantage: string; readonly names: Set<string> }>();
  for (const { target, vantage, name } of reaches) {
    const key = targetKey(target);
    const place = placeOf(key, vantage);
    const entry = places.get(place) ?? { key, vantage, names: new Set<string>() };
    places.set(place, entry);
    if (name !== null) entry.names.add(name);
  }
  return places;
}
