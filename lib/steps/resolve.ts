/** The step `resolve`: domains and hosts are followed, and the rosters follow them and the customers. */

import { isIP } from "node:net";
import { isDeepStrictEqual } from "node:util";
import type { HostFacts, MxAnswer } from "../model/domain-facts.ts";
import type { CycleNumber } from "../model/jobs.ts";
import type { Clock, Resolver } from "../model/ports.ts";
import type { RosterEntry } from "../model/roster.ts";
import { clampTtl } from "../protocols/dns/answer.ts";
import type { Store, StoredDomain, StoredHost, Versioned } from "../store/store.ts";
import { withBudget } from "../world/resolver.ts";
import { eachAtOnce } from "./at-once.ts";
import { hasCircles, keepCircles } from "./circle-keep.ts";
import { domainAfter, hostAfter, hostsOf, isOut } from "./dns-change.ts";
import { type FollowWorld, follow, type Kind } from "./follow.ts";
import { keepVantages, keptVantages, withInstalled } from "./installed.ts";
import { hasOutlooks, keepOutlooks } from "./outlook.ts";
import { createRosterBuilder, type Farewell, type Gone } from "./roster.ts";
import { keepScanSettings } from "./scan-settings.ts";
import { type Asking, findHostTwice, findMxTwice } from "./second-opinion.ts";

export interface ResolveWorld {
  readonly store: Store;
  readonly resolver: Resolver;
  /** Another server's word, asked where a name lost something: it is out of DNS where both say so. Null: there is none. */
  readonly second?: Resolver | null;
  readonly now: Clock;
  /** Those of the installation itself, which see the internet and needn't stand in the customers file. */
  readonly vantages?: readonly string[];
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
  const budgeted = (): Asking => ({
    first: withBudget(world.resolver, mostQueries),
    second: world.second ? withBudget(world.second, mostQueries) : null,
  });
  const leaving = await state.document<Leaving>(leavingName);
  const kept = await keptVantages(store);
  const installed = world.vantages ?? [];
  const isInstalled = isDeepStrictEqual(kept.value, installed);

  let wanted = revision === built ? null : await namesWanted(store);
  const domains = await follow(domainKind(store, budgeted()), wanted?.domains ?? null, following, cycle, everyMs);
  // Which hosts are still named by somebody can only be told with the customers at hand.
  if (domains.moved) wanted ??= await namesWanted(store);
  const hostsWanted =
    wanted && new Set([...wanted.hosts, ...[...domains.known.values()].flatMap(({ hosts }) => hosts)]);
  const hosts = await follow(hostKind(store, budgeted()), hostsWanted, following, cycle, everyMs);

  const complete = domains.complete && hosts.complete;
  const isKept = await hasCircles(store);
  const isTimeToGo = leaving.value?.next != null && leaving.value.next <= now();
  // What the operator drops goes at once; what DNS drops may be back in a moment.
  const isImport = (revision !== built && built !== behind) || !isInstalled;
  const ttlOf = (host: string) => hosts.known.get(host)?.ttl ?? longestTtl;
  const farewell: Farewell = {
    now: now(),
    keptFor: (entry) => (isImport && !entry.leaving ? 0 : twoTtls(entry, ttlOf)),
  };
  const rebuilt =
    revision !== built || domains.moved || hosts.moved || isTimeToGo || !isKept || !isInstalled
      ? await rebuild(store, { exchanges: domains.known, hosts: hosts.known, farewell, leaving, installed }, cycle)
      : { slicesWritten: 0, added: 0, gone: [] };
  if (!isInstalled) await keepVantages(store, { value: installed, version: kept.version });
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

/** When the first of those goes that DNS leads nobody to any more; kept so that a steady cycle reads no slices. */
interface Leaving {
  readonly next: number | null;
}

const leavingName = "leaving";
const longestTtl = 3_600;

/** Ms; of a host that nobody follows any more the longest that a TTL counts for. */
function twoTtls({ names }: RosterEntry, ttlOf: (host: string) => number): number {
  return 2_000 * Math.max(...names.map(({ name }) => clampTtl(ttlOf(name))), names.length === 0 ? longestTtl : 0);
}

interface Known {
  readonly exchanges: ReadonlyMap<string, KnownDomain>;
  readonly hosts: ReadonlyMap<string, KnownHost>;
  readonly farewell: Farewell;
  readonly leaving: Versioned<Leaving | null>;
  readonly installed: readonly string[];
}

async function rebuild(
  store: Store,
  { exchanges, hosts, farewell, leaving, installed }: Known,
  cycle: CycleNumber,
): Promise<Pick<ResolveReport, "slicesWritten" | "added" | "gone">> {
  const { config, state } = store;
  const [written, gateways, old] = await Promise.all([config.settings(), config.gateways(), state.slices()]);
  const settings = withInstalled(written, installed);
  const builder = createRosterBuilder(settings, gateways, {
    exchangesOf: (domain) => presentIn(exchanges.get(domain))?.hosts ?? [],
    addressesOf: (host) => presentIn(hosts.get(host))?.addresses ?? [],
  });
  for await (const customer of config.customers()) builder.add(customer);
  await keepScanSettings(store, settings);
  const { changed, added, gone, nextGone } = builder.build(old, cycle, farewell);
  await keepCircles(store, { old, changed, circleOf: builder.circleOf }, farewell.now, () =>
    eachAtOnce(changed, slicesAtOnce, (slice) => state.putSlice(slice)),
  );
  // Last: who is cut off before it finds the time over once more.
  if (nextGone !== (leaving.value?.next ?? null)) {
    await state.putDocument<Leaving>(leavingName, { value: { next: nextGone }, version: leaving.version });
  }
  const present = new Map([...old, ...changed].map((slice) => [slice.number, slice]));
  await keepOutlooks(store, [...present.values()]);
  return { slicesWritten: changed.length, added, gone };
}

/** What the roster needs of a name; `isOut`: there is no such name any more. */
interface KnownDomain {
  readonly hosts: readonly string[];
  readonly isOut: boolean;
}

const presentIn = <T extends { readonly isOut: boolean }>(known: T | undefined): T | undefined =>
  known?.isOut ? undefined : known;

function domainKind({ state }: Store, asking: Asking): Kind<StoredDomain, MxAnswer, KnownDomain> {
  const shared = interned();
  return {
    stored: () => state.domains(),
    nameOf: ({ domain }) => domain,
    ttlOf: ({ mx, failure }) => (failure ? failureTtl : mx.ttl),
    knownOf: ({ mx, failure }) => shared({ hosts: hostsOf(mx), isOut: isOut(failure) }),
    find: (name, old) => findMxTwice(name, old, asking),
    isUntold: (mx) => mx.kind === "failed" && mx.reason === "budget",
    after: domainAfter,
    put: (domain) => state.putDomain(domain),
    remove: (name) => state.removeDomain(name),
  };
}

interface KnownHost {
  readonly addresses: readonly string[];
  readonly isOut: boolean;
  /** Seconds. */
  readonly ttl: number;
}

function hostKind({ state }: Store, asking: Asking): Kind<StoredHost, HostFacts, KnownHost> {
  return {
    stored: () => state.hosts(),
    nameOf: ({ facts }) => facts.host,
    ttlOf: ({ facts, failure }) => (failure ? failureTtl : facts.ttl),
    knownOf: ({ facts: { addresses, ttl }, failure }) => ({ addresses, ttl, isOut: isOut(failure) }),
    find: (name, old) => findHostTwice(name, old, asking),
    isUntold: ({ failure }) => failure === "budget",
    after: (_, old, found, now) => hostAfter(old, found, now),
    put: (host) => state.putHost(host),
    remove: (name) => state.removeHost(name),
  };
}

/** A hundred thousand domains behind one gateway share one list of its hosts. */
function interned(): (known: KnownDomain) => KnownDomain {
  const lists = new Map<string, KnownDomain>();
  return (known) => {
    const key = [known.isOut, ...known.hosts].join(" ");
    const first = lists.get(key) ?? known;
    lists.set(key, first);
    return first;
  };
}
