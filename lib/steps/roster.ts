/** Who is probed: customers and DNS in, slices out. Pure and deterministic. */

import { isIP } from "node:net";
import { isDeepStrictEqual } from "node:util";
import { needId, needKey } from "../judge/need-id.ts";
import type { Circle } from "../model/circle.ts";
import {
  type Customer,
  type FleetSettings,
  type Gateway,
  type HopKind,
  publicVantages,
  type TlsModeRule,
  tlsModeOf,
} from "../model/customer.ts";
import type { ScanDepth } from "../model/deep-scan.ts";
import { type KnownDns, type Reach, reachesOf, smtpPort } from "../model/reach.ts";
import { type Need, type Place, type RosterEntry, type RosterName, type Slice, sliceSize } from "../model/roster.ts";
import { type Target, type TargetKey, targetKey } from "../model/target.ts";
import { forbiddenRange } from "../protocols/ip/special.ts";
import { circleDigest, createCircleBuilder } from "./circle-build.ts";
import { deeper, depthFor } from "./scan-depth.ts";

/** What all customers together want of one target from one vantage. */
interface Wish {
  readonly target: Target;
  readonly vantage: string;
  readonly names: Set<string>;
  allowPrivate: boolean;
  /** The deepest that anybody wants. */
  scan: ScanDepth;
  /** Everybody agreed. */
  intrusive: boolean;
  readonly canary: boolean;
  readonly needs: Map<string, Need>;
}

export interface Gone {
  readonly key: TargetKey;
  readonly vantage: string;
}

/** What becomes of entries that nobody wants any more. */
export interface Farewell {
  /** Epoch ms. */
  readonly now: number;
  /** How long it is kept, ms; 0: it goes at once. */
  readonly keptFor: (entry: RosterEntry) => number;
}

const atOnce: Farewell = { now: 0, keptFor: () => 0 };

interface Roster {
  /** Only those that changed; the others stay as they are. */
  readonly changed: readonly Slice[];
  /** Entries that are new. */
  readonly added: number;
  /** Epoch ms when the first of those that are kept for a while goes; null where none is. */
  readonly nextGone: number | null;
  /** Targets that nobody wants any more, from any vantage: not in use, which is not recovered. */
  readonly gone: readonly Gone[];
}

export interface RosterBuilder {
  /** Customers one by one, so that only what is wanted of each target is held. */
  add(customer: Customer): void;
  /** The roster that follows `old` in `cycle`. Slots keep their place for life, free ones are never used again. */
  build(old: readonly Slice[], cycle: number, farewell?: Farewell): Roster;
  /** Whose contacts are told of a target; undefined where several customers don't share it. */
  circleOf(target: TargetKey): Circle | undefined;
}

export function createRosterBuilder(
  settings: Pick<FleetSettings, "tlsModeRule" | "vantages" | "canaries">,
  gateways: readonly Gateway[],
  dns: KnownDns,
): RosterBuilder {
  const ports = new Map(gateways.map(({ id, port }) => [id, port]));
  const openly = publicVantages(settings);
  const wishes = canaryWishes(settings.canaries, openly, dns);
  const circles = createCircleBuilder();
  return {
    add(customer) {
      const port = ports.get(customer.gateway ?? "") ?? smtpPort;
      const needs = needsOf(customer, settings.tlsModeRule);
      const counted = new Set<string>();
      for (const reach of reachesOf(customer, port, dns, openly)) {
        const place = placeOf(reach.vantage, reach.target);
        const wish = wishes.get(place) ?? wishFor(reach);
        wishes.set(place, wish);
        if (reach.name !== null) wish.names.add(reach.name);
        wish.allowPrivate ||= customer.allowPrivate;
        wish.intrusive &&= customer.intrusive ?? false;
        const { id, need } = needs[reach.hop];
        wish.scan = deeper(wish.scan, depthFor(customer, need.require.floor));
        if (need.alarms) circles.add(targetKey(reach.target), customer, id, reach.name ?? reach.target.address);
        // Several domains or names of one customer are one customer.
        if (!counted.has(`${reach.hop} ${place}`)) count(wish.needs, needs[reach.hop]);
        counted.add(`${reach.hop} ${place}`);
      }
    },
    build: (old, cycle, farewell = atOnce) => {
      const digests = new Map<TargetKey, string | undefined>();
      const digestOf = (key: TargetKey) => {
        if (!digests.has(key)) digests.set(key, circleDigest(circles.circleOf(key)));
        return digests.get(key);
      };
      return rosterAfter(old, wishes, { openly: new Set(openly), cycle, digestOf }, farewell);
    },
    circleOf: circles.circleOf,
  };
}

/** From every vantage that sees the internet; a name that leads to a private address is none. */
function canaryWishes(
  canaries: FleetSettings["canaries"],
  vantages: readonly string[],
  { addressesOf }: KnownDns,
): Map<string, Wish> {
  const wishes = new Map<string, Wish>();
  for (const { host, port } of canaries) {
    const [address] = isIP(host) ? [host] : addressesOf(host);
    if (address === undefined || forbiddenRange(address, { allowPrivate: false }) !== null) continue;
    const target: Target = { address, port, tls: port === implicitPort ? "implicit" : "starttls" };
    for (const vantage of vantages) {
      const names = new Set(isIP(host) ? [] : [host]);
      wishes.set(placeOf(vantage, target), {
        target,
        vantage,
        names,
        allowPrivate: false,
        scan: "none",
        intrusive: false,
        canary: true,
        needs: new Map(),
      });
    }
  }
  return wishes;
}

const implicitPort = 465;

const placeOf = (vantage: string, target: Target): string => `${vantage} ${targetKey(target)}`;

const wishFor = ({ target, vantage }: Reach): Wish => ({
  target,
  vantage,
  names: new Set(),
  allowPrivate: false,
  scan: "none",
  intrusive: true,
  canary: false,
  needs: new Map(),
});

/** Equal wishes have equal keys. */
interface KeyedNeed {
  readonly key: string;
  readonly id: string;
  readonly need: Need;
}

function needsOf(customer: Customer, rule: TlsModeRule): Readonly<Record<HopKind, KeyedNeed>> {
  const { id, created, domains, require } = customer;
  // Design rule 5: where the gateway never uses TLS, its absence downstream is said and doesn't alarm.
  const modes = domains.map((domain) => tlsModeOf(domain, created, rule)).filter((mode) => mode !== "disabled");
  const usesTls = domains.length === 0 || modes.length > 0;
  const insists = modes.length > 0 && modes.every((mode) => mode === "enforced");
  const keyed = (hop: HopKind, mayAlarm: boolean, enforced: boolean): KeyedNeed => {
    const alarms = mayAlarm && require[hop].level !== "none";
    const need = { hop, require: require[hop], customers: 1, customer: id, alarms, enforced };
    return { key: needKey(need), id: needId(need), need };
  };
  return { gateway: keyed("gateway", true, false), downstream: keyed("downstream", usesTls, insists) };
}

function count(needs: Map<string, Need>, { key, need }: KeyedNeed): void {
  const known = needs.get(key);
  needs.set(key, known ? { ...known, customers: known.customers + 1, customer: null } : need);
}

function rosterAfter(
  old: readonly Slice[],
  wishes: ReadonlyMap<string, Wish>,
  about: EntryFacts,
  { now, keptFor }: Farewell,
): Roster {
  const open = new Map(wishes);
  let nextGone: number | null = null;
  const gone: Gone[] = [];
  const next = [...old]
    .sort((a, b) => a.number - b.number)
    .map((slice) => ({ ...slice, entries: slice.entries.map((entry) => successor(entry)) }));
  const added = [...open].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, wish]) => entryFor(wish, null, about));
  // The last slice of each vantage is the only one that may have room.
  const last = new Map(next.map((slice) => [slice.vantage, slice]));
  let highest = next.at(-1)?.number ?? 0;
  for (const entry of added) {
    let slice = last.get(entry.vantage);
    if (!slice || slice.entries.length >= sliceSize) {
      slice = { number: ++highest, vantage: entry.vantage, entries: [] };
      last.set(slice.vantage, slice);
      next.push(slice);
    }
    slice.entries.push(entry);
  }
  const before = new Map(old.map((slice) => [slice.number, slice]));
  const changed = knowingEachOther(next).filter((slice) => !isDeepStrictEqual(slice, before.get(slice.number)));
  const inUse = new Set(
    next.flatMap(({ entries }) => entries.flatMap((entry) => (entry ? targetKey(entry.target) : []))),
  );
  return { changed, added: added.length, nextGone, gone: gone.filter(({ key }) => !inUse.has(key)) };

  function successor(entry: RosterEntry | null): RosterEntry | null {
    if (entry === null) return null;
    const place = placeOf(entry.vantage, entry.target);
    const wish = open.get(place);
    open.delete(place);
    if (wish) return entryFor(wish, entry, about);
    const leaving = entry.leaving ?? now;
    const goes = leaving + keptFor(entry);
    if (goes > now && entry.needs.length > 0) {
      nextGone = Math.min(nextGone ?? goes, goes);
      return { ...entry, leaving };
    }
    gone.push({ key: targetKey(entry.target), vantage: entry.vantage });
    return null;
  }
}

/** Each entry with its target's places under the other vantages that have a say in it: somebody alarms by what they see. */
function knowingEachOther(slices: readonly Slice[]): readonly Slice[] {
  if (new Set(slices.map(({ vantage }) => vantage)).size < 2) return slices;
  const places = new Map<TargetKey, Place[]>();
  const eachEntry = (work: (entry: RosterEntry, place: Place) => void) => {
    for (const { number, vantage, entries } of slices) {
      for (const [slot, entry] of entries.entries()) if (entry) work(entry, { vantage, slice: number, slot });
    }
  };
  const besides = new Map<RosterEntry, readonly Place[]>();
  eachEntry(({ target, needs }, place) => {
    if (!needs.some(({ alarms }) => alarms)) return;
    const key = targetKey(target);
    places.set(key, [...(places.get(key) ?? []), place]);
  });
  eachEntry((entry, { vantage }) => {
    const others = places.get(targetKey(entry.target))?.filter((other) => other.vantage !== vantage) ?? [];
    if (others.length > 0) besides.set(entry, others);
  });
  return slices.map((slice) => ({
    ...slice,
    entries: slice.entries.map((entry) => entry && { ...entry, beside: besides.get(entry) ?? [] }),
  }));
}

/** What an entry needs beside the wish for it. */
interface EntryFacts {
  readonly openly: ReadonlySet<string>;
  readonly cycle: number;
  readonly digestOf: (target: TargetKey) => string | undefined;
}

function entryFor(wish: Wish, old: RosterEntry | null, { openly, cycle, digestOf }: EntryFacts): RosterEntry {
  const circle = wish.canary ? undefined : digestOf(targetKey(wish.target));
  return {
    target: wish.target,
    names: namesFor(wish.names, old?.names ?? [], cycle),
    vantage: wish.vantage,
    outside: openly.has(wish.vantage),
    allowPrivate: wish.allowPrivate,
    ...(wish.canary && { canary: true }),
    ...(wish.scan !== "grade" && !wish.canary && { scan: wish.scan }),
    ...(wish.intrusive && { intrusive: true }),
    ...(circle !== undefined && { circle }),
    needs: [...wish.needs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, need]) => need),
    beside: [],
    since: old?.since ?? cycle,
  };
}

/** Old names in their old order, so that the first one stays the first; then the new ones. */
function namesFor(wanted: ReadonlySet<string>, old: readonly RosterName[], cycle: number): readonly RosterName[] {
  const kept = old.filter(({ name }) => wanted.has(name));
  const known = new Set(kept.map(({ name }) => name));
  const fresh = [...wanted].filter((name) => !known.has(name)).sort();
  return [...kept, ...fresh.map((name) => ({ name, since: cycle }))];
}
