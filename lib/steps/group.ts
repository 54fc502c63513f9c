/**
 * One cause, one alarm: what opened at about the same time and shares something is told as that. The parent is written
 * before its children are folded into it, so that no crash between them loses anything; run twice it changes nothing.
 */

import { advance } from "../judge/incident.ts";
import { isUntouched } from "../judge/merge.ts";
import { type ChildFacts, familiesOf, type ParentKey, parentsOf, type Family as Siblings } from "../judge/parents.ts";
import { isDrill } from "../model/drill.ts";
import type { Cause, IncidentClass, OutboxEntry } from "../model/incident.ts";
import type { IncidentPolicy } from "../model/policy.ts";
import { parseTargetKey } from "../model/target.ts";
import type { Store } from "../store/store.ts";
import { changeCause } from "./change-cause.ts";
import { coversNow } from "./covers.ts";
import { addFamily, membersOf } from "./families.ts";
import { isLeased } from "./outbox.ts";
import { contextOf, grown, isCounted } from "./parent-context.ts";
import { leafOf } from "./target-state.ts";

export interface GroupWorld {
  readonly store: Store;
  readonly policy: IncidentPolicy;
  readonly everyMs: number;
  /** Epoch ms. */
  readonly now: number;
}

/** Openings that lie no further apart are of one time. */
const cycles = 2;

/** What a parent can be told of. Dates and the operator's own trouble are told as what they are. */
const grouped: readonly IncidentClass[] = [
  "cleartext",
  "weak",
  "unauthenticated",
  "unsatisfiable-policy",
  "unreachable",
  "temporarily-unavailable",
];

/** Before anything is told: openings that nobody heard of yet are folded into a parent that is open, or that they open. */
export async function group(world: GroupWorld): Promise<void> {
  const { store, everyMs, now } = world;
  const active = (await store.state.activeCauses()).map(({ value }) => value);
  if (!active.some((cause) => isChild(cause) && cause.folded === null && isUntold(cause, now))) return;
  const coverOf = await coversNow(store);
  // What may not be told may not be told by a parent either. A mass change is held together with its parents.
  const isCovered = (cause: Cause) => (coverOf(cause, now)?.kind ?? "breaker") !== "breaker";
  const children = active.filter((cause) => isChild(cause) && !isCovered(cause));
  const untold = children.filter((cause) => cause.folded === null && isUntold(cause, now));
  if (untold.length === 0) return;
  const parents = active.filter(isOpenParent);
  const recent = children.filter(
    ({ folded, incident }) => folded === null && (incident?.openedAt ?? 0) > now - cycles * everyMs,
  );
  if (parents.length === 0 && recent.length < 2) return;

  const facts = await factsOf(store, [...new Set([...recent, ...untold])]);
  const rest: Cause[] = [];
  const joined = new Set<Cause>();
  for (const cause of untold) {
    const keys = parentsOf(facts.of(cause));
    const parent = parents.find(({ class: cls, subject }) => {
      return cls === cause.class && keys.some((key) => key.subject === subject);
    });
    if (parent === undefined) rest.push(cause);
    else {
      await fold(store, cause, parent.subject, now);
      joined.add(parent);
    }
  }
  for (const parent of joined) await growFamily(store, parent);
  for (const [cls, some] of Map.groupBy(recent, (cause) => cause.class)) {
    const open = some.filter((cause) => !untold.includes(cause) || rest.includes(cause));
    const suffering = open.map((child) => ({ child, keys: parentsOf(facts.of(child)) }));
    for (const family of familiesOf(suffering, facts.knownOf)) await openFamily(world, cls, family, facts.knownOf);
  }
}

function isChild(cause: Cause): boolean {
  const isOpen = cause.incident !== null && cause.incident.endedAt === null;
  return isOpen && cause.parent === null && grouped.includes(cause.class) && !isDrill(cause);
}

function isOpenParent({ parent, incident }: Cause): boolean {
  return parent !== null && incident !== null && incident.endedAt === null;
}

/** Nobody has its opening, and no sender has it in hand. */
function isUntold(cause: Cause, now: number): boolean {
  const { outbox, incident } = cause;
  const opening = outbox.find(({ alert }) => alert.incident === incident?.id && alert.kind === "opened");
  return opening !== undefined && opening.digest === null && isUntouched(opening) && !isLeased(cause, now);
}

interface Facts {
  readonly of: (cause: Cause) => ChildFacts;
  readonly knownOf: (key: ParentKey) => number;
}

/** Reads the roster once: how many targets share what. */
async function factsOf(store: Store, causes: readonly Cause[]): Promise<Facts> {
  const [slices, gateways] = await Promise.all([store.state.slices(), store.config.gateways()]);
  const gatewaysOf = (names: readonly string[]) =>
    gateways.filter(({ hosts }) => names.some((name) => hosts.includes(name))).map(({ id }) => id);
  const names = new Map<string, readonly string[]>();
  const known = new Map<string, number>();
  for (const { entries } of slices) {
    for (const entry of entries) {
      if (entry === null || entry.canary === true) continue;
      const { address } = entry.target;
      const seen = names.has(`${address} ${entry.target.port}`);
      names.set(
        `${address} ${entry.target.port}`,
        entry.names.map(({ name }) => name),
      );
      const host = entry.names[0]?.name ?? null;
      const own = gatewaysOf(entry.names.map(({ name }) => name));
      const shared = parentsOf({ address, host, certificate: null, gateways: own, onlyFrom: entry.vantage });
      for (const { kind, subject } of shared) {
        // The same target from a further vantage is no further child of what it shares with others.
        if (kind === "vantage" || !seen) known.set(subject, (known.get(subject) ?? 0) + 1);
      }
    }
  }
  const certificates = await certificatesOf(store, causes);
  return {
    of(cause) {
      const target = parseTargetKey(cause.subject);
      const address = target?.address ?? cause.subject;
      const own = names.get(`${address} ${target?.port}`) ?? [];
      return {
        address,
        host: own[0] ?? null,
        certificate: isOfCertificate(cause) ? (certificates.get(cause.subject) ?? null) : null,
        gateways: gatewaysOf(own),
        onlyFrom: cause.form === "partial" ? onlyWitness(cause) : null,
      };
    },
    knownOf: ({ subject }) => known.get(subject) ?? 0,
  };
}

function onlyWitness({ incident }: Cause): string | null {
  const seenFrom = incident?.seenFrom ?? [];
  return seenFrom.length === 1 ? (seenFrom[0] ?? null) : null;
}

function isOfCertificate({ class: cls }: Cause): boolean {
  return cls === "unauthenticated" || cls === "weak";
}

/** Of those whose trouble is one of certificates. */
async function certificatesOf({ state }: Store, causes: readonly Cause[]): Promise<ReadonlyMap<string, string>> {
  const shown = causes.filter(isOfCertificate);
  const keys = shown.flatMap(({ subject, context }) => {
    return context.slot === null ? [] : [{ key: subject, vantage: context.slot.vantage }];
  });
  const states = keys.length === 0 ? [] : await state.targets(keys);
  return new Map(
    states.flatMap((target) => {
      const leaf = leafOf(target);
      return leaf === null ? [] : [[target.key, leaf] as const];
    }),
  );
}

async function openFamily(
  { store, policy, now }: GroupWorld,
  cls: IncidentClass,
  { key, children }: Siblings<Cause>,
  knownOf: (key: ParentKey) => number,
): Promise<void> {
  const since = Math.min(...children.map(({ incident }) => incident?.since ?? now));
  const parent = {
    kind: key.kind,
    label: key.label,
    children: Math.max(children.length, knownOf(key)),
    suffering: children.length,
    ...(isCounted(children) ? {} : { customersAtMost: true }),
  };
  const told = children.filter((child) => !isUntold(child, now)).map(({ subject }) => subject);
  await addFamily(store, { class: cls, subject: key.subject, told, at: now });
  await changeCause(store, cls, key.subject, (cause) => {
    if (cause !== null && isOpenParent(cause)) return null;
    // What is kept of an earlier time would take an older answer for a late one, and one of that very moment for its own.
    const at = cause === null ? since : Math.max(since, cause.stateSince + 1);
    const vote = { at, cycle: 0, round: 0, vantage: "family", answer: "bad" } as const;
    const event = {
      kind: "vote",
      class: cls,
      subject: key.subject,
      vote,
      context: contextOf(key.label, children),
      parent,
    } as const;
    return advance(
      cause && { ...cause, parent },
      { ...event, sighted: ["family"], blinded: [], held: false, firstLook: null },
      policy,
      now,
    ).cause;
  });
  const stands = await store.state.cause(cls, key.subject);
  if (stands.value === null || !isOpenParent(stands.value)) return;
  for (const child of children) if (isUntold(child, now)) await fold(store, child, key.subject, now);
}

/** Its messages go to the customer's own contacts alone from now on. */
async function fold(store: Store, { class: cls, subject }: Cause, parent: string, now: number): Promise<void> {
  await changeCause(store, cls, subject, (cause) => {
    if (cause === null || cause.folded !== null || !isChild(cause) || !isUntold(cause, now)) return null;
    // The end of an earlier incident is still owed to those who were told of it.
    const isOwn = ({ alert }: OutboxEntry) => alert.incident === cause.incident?.id;
    const outbox = cause.outbox.map((entry) =>
      isOwn(entry) ? { ...entry, alert: { ...entry.alert, within: parent } } : entry,
    );
    return { ...cause, folded: parent, outbox };
  });
}

/** More joined: how many customers suffer is another number by now, also in what it has yet to say. */
async function growFamily(store: Store, { class: cls, subject }: Cause): Promise<void> {
  const members = await membersOf(store, cls, subject);
  await changeCause(store, cls, subject, (cause) => cause && grown(cause, members));
}
