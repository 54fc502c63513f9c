/** Whom a drill is for, and its beginning: one at a time. */

import { randomBytes } from "node:crypto";
import { type Customer, defaultFloor } from "../../model/customer.ts";
import { type Drill, drillSubject } from "../../model/drill.ts";
import type { Need, RosterEntry } from "../../model/roster.ts";
import { parseTargetKey, targetKey } from "../../model/target.ts";
import type { Store } from "../../store/store.ts";
import { hostsOf } from "../dns-change.ts";
import { changeDrill, isRunning, presentDrill } from "./document.ts";
import { type DrillWorld, endDrill } from "./judge.ts";

export type Begun =
  | { readonly kind: "begun"; readonly drill: Drill }
  /** Another one isn't over yet. */
  | { readonly kind: "running"; readonly drill: Drill }
  /** Neither a customer nor a target that is watched. */
  | { readonly kind: "unknown" }
  /** A customer of whose servers none is on a roster yet. */
  | { readonly kind: "unwatched" };

/** `of`: a customer's id, or a target's key. It ends by itself after `lastsMs`. */
export async function beginDrill(world: DrillWorld, of: string, lastsMs: number): Promise<Begun> {
  const { store, now } = world;
  const subject = await subjectOf(store, of);
  if (typeof subject === "string") return { kind: subject };
  const at = now();
  const drill: Drill = {
    id: `D-${randomBytes(3).toString("hex").toUpperCase()}`,
    subject: drillSubject(of),
    entry: { ...subject, names: subject.names.slice(0, 1) },
    startedAt: at,
    until: at + lastsMs,
    endedAt: null,
    signs: 0,
    waiting: [],
    judged: [],
    expected: null,
    tries: [],
  };
  const before = await presentDrill(store);
  // What was cut off while nobody's clock ran is ended first.
  if (before !== null && !isRunning(before, at)) await endDrill(world, before.id);
  const stands = await changeDrill(store, (other) => (other !== null && other.endedAt === null ? null : drill));
  return stands?.id === drill.id ? { kind: "begun", drill } : { kind: "running", drill: stands ?? drill };
}

async function subjectOf(store: Store, of: string): Promise<RosterEntry | "unknown" | "unwatched"> {
  const entries = (await store.state.slices()).flatMap(({ entries }) => entries.filter((entry) => entry !== null));
  const target = parseTargetKey(of);
  if (target !== undefined) {
    const entry = entries.find((each) => targetKey(each.target) === targetKey(target));
    return entry === undefined ? "unknown" : { ...entry, needs: alarming(entry.needs) };
  }
  const customer = await store.config.customer(of);
  if (customer === undefined) return "unknown";
  const found = await ownEntry(store, customer, entries);
  return found === null ? "unwatched" : { ...found, needs: [ownNeed(customer, found)] };
}

/** A drill of a target that alarms nobody alarms the operator all the same: it was asked for. */
function alarming(needs: readonly Need[]): readonly Need[] {
  return needs.map((need) => ({ ...need, alarms: true, enforced: false, require: asksForTls }));
}

const asksForTls = { level: "tls", floor: defaultFloor } as const;

/** The customer's own server where there is one, else one that it shares with others. */
async function ownEntry(
  { config, state }: Store,
  { id, domains, downstream, gateway }: Customer,
  entries: readonly RosterEntry[],
): Promise<RosterEntry | null> {
  const alone = entries.filter(({ needs }) => needs.some(({ customer }) => customer === id));
  const own = alone.find(({ needs }) => needs.some(({ hop, customer }) => hop === "downstream" && customer === id));
  if (own !== undefined || alone[0] !== undefined) return own ?? alone[0] ?? null;
  const gateways = (await config.gateways()).filter((each) => each.id === gateway).flatMap(({ hosts }) => hosts);
  const stored = await Promise.all(domains.map(({ name }) => state.domain(name)));
  const exchanges = stored.flatMap((domain) => (domain === undefined ? [] : hostsOf(domain.mx)));
  const hosts = [...downstream.map(({ host }) => host), ...gateways, ...exchanges];
  const isOf = (host: string) => (entry: RosterEntry) =>
    entry.target.address === host || entry.names.some(({ name }) => name === host);
  return hosts.map((host) => entries.find(isOf(host))).find((entry) => entry !== undefined) ?? null;
}

function ownNeed({ id }: Customer, { needs }: RosterEntry): Need {
  const hop = needs.find(({ customer }) => customer === id)?.hop ?? needs[0]?.hop ?? "downstream";
  return { hop, require: asksForTls, customers: 1, customer: id, alarms: true, enforced: false };
}
