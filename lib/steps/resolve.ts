/** The step `resolve`: domains and hosts are followed, and the rosters follow them and the customers. */

import { isIP } from "node:net";
import type { HostFacts, MxAnswer } from "../model/domain-facts.ts";
import type { CycleNumber } from "../model/jobs.ts";
import type { Clock, Resolver } from "../model/ports.ts";
import { findHost } from "../protocols/dns/host.ts";
import { findMx } from "../protocols/dns/mx.ts";
import type { Store, StoredDomain, StoredHost } from "../store/store.ts";
import { withBudget } from "../world/resolver.ts";
import { eachAtOnce } from "./at-once.ts";
import { domainAfter, hostAfter, hostsOf } from "./dns-change.ts";
import { type FollowWorld, follow, type Kind } from "./follow.ts";
import { hasOutlooks, keepOutlooks } from "./outlook.ts";
import { createRosterBuilder, type Gone } from "./roster.ts";

export interface ResolveWorld {
  readonly store: Store;
  readonly resolver: Resolver;
  readonly now: Clock;
}

export interface ResolveReport {
  /** Domains that are followed. */
  readonly domains: number;
  /** Names, domains and hosts, that were new or due. */
  readonly lookedUp: number;
  /** Names of which something that matters changed. */
  readonly changed: number;
  readonly slicesWritten: number;
  /** Targets that are new on the roster. */
  readonly added: number;
  /** Targets that are no longer in use: what is open of them ends as `gone`. */
  readonly gone: readonly Gone[];
}

/** Questions that one call may ask for domains, and for hosts; what is left over is new or due again in a later cycle. */
const mostQueries = 500_000;
/** Failures are asked about again after this many seconds. */
const failureTtl = 60;
const slicesAtOnce = 8;
/** Stands for "the rosters are behind": no revision has this number. */
const behind = -1;

/**
 * Looks up every domain and host that is new or due, writes what changed, and rebuilds the rosters when DNS or the
 * customers did. In a steady cycle it reads what is stored of domains and hosts, and writes nothing.
 *
 * Safe to repeat and to be cut off anywhere: the rosters' revision is taken back before the first change and put last.
 */
export async function resolve(world: ResolveWorld, cycle: CycleNumber, everyMs: number): Promise<ResolveReport> {
  const { store, now } = world;
  const { config, state } = store;
  const [revision, built] = await Promise.all([config.revision(), state.rosterRevision()]);
  let takenBack: Promise<void> | undefined;
  const following: FollowWorld = {
    ledger: store.ledger,
    now,
    beforeMove: () => {
      takenBack ??= state.putRosterRevision(behind);
      return takenBack;
    },
  };
  const budgeted = () => withBudget(world.resolver, mostQueries);

  let wanted = revision === built ? null : await namesWanted(store);
  const domains = await follow(domainKind(store, budgeted()), wanted?.domains ?? null, following, cycle, everyMs);
  // Which hosts are still named by somebody can only be told with the customers at hand.
  if (domains.moved) wanted ??= await namesWanted(store);
  const hostsWanted = wanted && new Set([...wanted.hosts, ...[...domains.known.values()].flat()]);
  const hosts = await follow(hostKind(store, budgeted()), hostsWanted, following, cycle, everyMs);

  const complete = domains.complete && hosts.complete;
  const rebuilt =
    revision !== built || domains.moved || hosts.moved
      ? await rebuild(store, domains.known, hosts.known, cycle)
      : { slicesWritten: 0, added: 0, gone: [] };
  // Kept since this release.
  if (!(await hasOutlooks(store))) await keepOutlooks(store, await state.slices());
  if (complete && (revision !== built || takenBack !== undefined)) await state.putRosterRevision(revision);
  return {
    domains: domains.known.size,
    lookedUp: domains.lookedUp + hosts.lookedUp,
    changed: domains.changed + hosts.changed,
    ...rebuilt,
  };
}

async function namesWanted({ config }: Store): Promise<{ domains: Set<string>; hosts: Set<string> }> {
  const domains = new Set<string>();
  const { canaries } = await config.settings();
  const hosts = new Set(canaries.map(({ host }) => host).filter((host) => !isIP(host)));
  for await (const customer of config.customers()) {
    for (const { name } of customer.domains) domains.add(name);
    for (const { host } of customer.downstream) if (!isIP(host)) hosts.add(host);
  }
  return { domains, hosts };
}

async function rebuild(
  store: Store,
  exchanges: ReadonlyMap<string, readonly string[]>,
  addresses: ReadonlyMap<string, readonly string[]>,
  cycle: CycleNumber,
): Promise<Pick<ResolveReport, "slicesWritten" | "added" | "gone">> {
  const { config, state } = store;
  const [settings, gateways, old] = await Promise.all([config.settings(), config.gateways(), state.slices()]);
  const builder = createRosterBuilder(settings, gateways, {
    exchangesOf: (domain) => exchanges.get(domain) ?? [],
    addressesOf: (host) => addresses.get(host) ?? [],
  });
  for await (const customer of config.customers()) builder.add(customer);
  const { changed, added, gone } = builder.build(old, cycle);
  await eachAtOnce(changed, slicesAtOnce, (slice) => state.putSlice(slice));
  const present = new Map([...old, ...changed].map((slice) => [slice.number, slice]));
  await keepOutlooks(store, [...present.values()]);
  return { slicesWritten: changed.length, added, gone };
}

function domainKind({ state }: Store, resolver: Resolver): Kind<StoredDomain, MxAnswer, readonly string[]> {
  const shared = interned();
  return {
    stored: () => state.domains(),
    nameOf: ({ domain }) => domain,
    ttlOf: ({ mx, failure }) => (failure ? failureTtl : mx.ttl),
    knownOf: ({ mx }) => shared(hostsOf(mx)),
    find: (name) => findMx(name, resolver),
    isUntold: (mx) => mx.kind === "failed" && mx.reason === "budget",
    after: domainAfter,
    put: (domain) => state.putDomain(domain),
    remove: (name) => state.removeDomain(name),
  };
}

function hostKind({ state }: Store, resolver: Resolver): Kind<StoredHost, HostFacts, readonly string[]> {
  return {
    stored: () => state.hosts(),
    nameOf: ({ facts }) => facts.host,
    ttlOf: ({ facts, failure }) => (failure ? failureTtl : facts.ttl),
    knownOf: ({ facts }) => facts.addresses,
    find: (name) => findHost(name, resolver),
    isUntold: ({ failure }) => failure === "budget",
    after: (_, old, found, now) => hostAfter(old, found, now),
    put: (host) => state.putHost(host),
    remove: (name) => state.removeHost(name),
  };
}

/** A hundred thousand domains behind one gateway share one list of its hosts. */
function interned(): (list: readonly string[]) => readonly string[] {
  const lists = new Map<string, readonly string[]>();
  return (list) => {
    const key = list.join(" ");
    const known = lists.get(key) ?? list;
    lists.set(key, known);
    return known;
  };
}
