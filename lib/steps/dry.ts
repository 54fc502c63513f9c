/** A new customers file judged dry: what its requirements make of what is known, with nothing looked at and nothing written. */

import { isDeepStrictEqual } from "node:util";
import { votesOf } from "../judge/votes.ts";
import type { Fleet } from "../model/customer.ts";
import type { CauseContext, IncidentClass } from "../model/incident.ts";
import type { RosterEntry, Slice } from "../model/roster.ts";
import { targetKey } from "../model/target.ts";
import type { Store, TargetState } from "../store/store.ts";
import { hostsOf } from "./dns-change.ts";
import { createRosterBuilder } from "./roster.ts";
import { lookAt, presentOf } from "./target-state.ts";

/** One cause that a look at the known facts is bad for. */
export interface DryAlarm {
  readonly class: IncidentClass;
  readonly subject: string;
  readonly context: Pick<CauseContext, "host" | "customer" | "customers">;
}

export interface DryEffect {
  /** Not so, or not alarming, by what holds now. */
  readonly opens: readonly DryAlarm[];
  readonly ends: readonly DryAlarm[];
  /** Targets of the new file that something is known of, and the others. */
  readonly known: number;
  readonly unknown: number;
}

export interface DryWorld {
  readonly store: Store;
  /** The rosters as they were built from the present file. */
  readonly rosters: readonly Slice[];
  /** Epoch ms. */
  readonly now: number;
}

/** A target under the present wishes and under the new ones; null: nobody has any. */
interface Pair {
  readonly before: RosterEntry | null;
  readonly after: RosterEntry | null;
}

const readsAtOnce = 100;

/** `partial`: who isn't in the file stays. */
export async function judgeDry({ store, rosters, now }: DryWorld, fleet: Fleet, partial: boolean): Promise<DryEffect> {
  const pairs = pairsOf(rosters, await rostersAfter(store, rosters, fleet, partial));
  const states = await statesOf(store, pairs);
  const wanted = pairs.flatMap(({ after }) => (after === null || after.canary === true ? [] : [after]));
  const targets = new Map(wanted.map((entry) => [targetKey(entry.target), false]));
  for (const entry of wanted) if (states.has(placeOf(entry))) targets.set(targetKey(entry.target), true);
  const known = [...targets.values()].filter(Boolean).length;

  const before = new Map<string, DryAlarm>();
  const after = new Map<string, DryAlarm>();
  for (const pair of pairs) {
    const old = await alarmsOf(store, pair.before, states, now);
    const next = isDeepStrictEqual(pair.before, pair.after) ? old : await alarmsOf(store, pair.after, states, now);
    for (const alarm of old) before.set(keyOf(alarm), alarm);
    for (const alarm of next) after.set(keyOf(alarm), alarm);
  }
  const open = new Set((await store.state.activeCauses()).map(({ value }) => keyOf(value)));
  return {
    opens: [...after].flatMap(([key, alarm]) => (before.has(key) || open.has(key) ? [] : [alarm])),
    ends: [...before].flatMap(([key, alarm]) => (after.has(key) ? [] : [alarm])),
    known,
    unknown: targets.size - known,
  };
}

/** As `resolve` would build them, of what DNS said last. */
async function rostersAfter(
  { config, state }: Store,
  rosters: readonly Slice[],
  { settings, gateways, customers }: Fleet,
  partial: boolean,
): Promise<readonly Slice[]> {
  const exchanges = new Map<string, readonly string[]>();
  for await (const { domain, mx } of state.domains()) exchanges.set(domain, hostsOf(mx));
  const addresses = new Map<string, readonly string[]>();
  for await (const { facts } of state.hosts()) addresses.set(facts.host, facts.addresses);
  const builder = createRosterBuilder(settings, gateways, {
    exchangesOf: (domain) => exchanges.get(domain) ?? [],
    addressesOf: (host) => addresses.get(host) ?? [],
  });
  const named = new Set<string>();
  for (const customer of customers) {
    builder.add(customer);
    named.add(customer.id);
  }
  if (partial) for await (const customer of config.customers()) if (!named.has(customer.id)) builder.add(customer);
  const { changed } = builder.build(rosters, (await state.lastCycle())?.cycle ?? 0);
  const next = new Map([...rosters, ...changed].map((slice) => [slice.number, slice]));
  return [...next.values()];
}

/** A slot keeps its target for life. */
function pairsOf(before: readonly Slice[], after: readonly Slice[]): readonly Pair[] {
  const old = new Map(before.map(({ number, entries }) => [number, entries]));
  return after.flatMap(({ number, entries }) =>
    entries.map((entry, slot): Pair => ({ before: old.get(number)?.[slot] ?? null, after: entry })),
  );
}

async function statesOf({ state }: Store, pairs: readonly Pair[]): Promise<ReadonlyMap<string, TargetState>> {
  const keys = pairs.flatMap(({ before }) =>
    before === null ? [] : [{ key: targetKey(before.target), vantage: before.vantage }],
  );
  const states = new Map<string, TargetState>();
  for (let at = 0; at < keys.length; at += readsAtOnce) {
    for (const each of await state.targets(keys.slice(at, at + readsAtOnce))) {
      if (presentOf(each) !== null) states.set(`${each.vantage} ${each.key}`, each);
    }
  }
  return states;
}

async function alarmsOf(
  { state }: Store,
  entry: RosterEntry | null,
  states: ReadonlyMap<string, TargetState>,
  now: number,
): Promise<readonly DryAlarm[]> {
  const target = entry === null || entry.canary === true ? undefined : states.get(placeOf(entry));
  if (entry === null || target === undefined) return [];
  const names = entry.names.length > 1 ? await state.names(target.key, target.vantage) : [];
  const votes = votesOf(lookAt(target, names, now), entry, { now });
  return votes.filter(({ answer }) => answer === "bad");
}

function placeOf({ vantage, target }: RosterEntry): string {
  return `${vantage} ${targetKey(target)}`;
}

function keyOf({ class: cls, subject }: Pick<DryAlarm, "class" | "subject">): string {
  return `${cls} ${subject}`;
}
