/** Which vantages see, as it stands in the store. */

import { gapsOf } from "../judge/sight/gaps.ts";
import { clearSight, type Gap, type Sight } from "../model/sight.ts";
import type { Store, Versioned } from "../store/store.ts";
import { Contended } from "./change-cause.ts";

type States = Pick<Store, "state">;

/** The name of its document, and of its history in the ledger. */
export const sightSubject = (vantage: string): string => `vantage ${vantage}`;

/** An older release kept less of it. */
export async function readSight({ state }: States, vantage: string): Promise<Versioned<Sight | null>> {
  const { value, version } = await state.document<Partial<Sight>>(sightSubject(vantage));
  return { value: value && { ...clearSight, ...value }, version };
}

export async function sightOf(store: States, vantage: string): Promise<Sight | null> {
  return (await readSight(store, vantage)).value;
}

/** Those of `vantages` that have a vote: neither doubtful nor blind. */
export async function sightedOf(store: States, vantages: readonly string[]): Promise<readonly string[]> {
  const sights = await Promise.all(vantages.map((vantage) => sightOf(store, vantage)));
  return vantages.filter((_, at) => (sights[at]?.state ?? "sighted") === "sighted");
}

/** The times at which what each of them saw is nobody's. */
export async function gapsIn(store: States, vantages: readonly string[]): Promise<ReadonlyMap<string, readonly Gap[]>> {
  return new Map(
    await Promise.all(vantages.map(async (vantage) => [vantage, gapsOf(await sightOf(store, vantage))] as const)),
  );
}

const mostTries = 12;

/** `change` answers the same object where there is nothing to write; null is read as plain sight. Answers what stands. */
export async function changeSight(
  store: States,
  vantage: string,
  change: (before: Sight) => Sight,
  first?: Versioned<Sight | null>,
): Promise<Sight> {
  let read = first;
  for (let tries = 0; tries < mostTries; tries++) {
    const { value, version } = read ?? (await readSight(store, vantage));
    const before = value ?? clearSight;
    const next = change(before);
    if (next === before) return before;
    if (await store.state.putDocument(sightSubject(vantage), { value: next, version })) return next;
    read = undefined;
  }
  throw new Contended(`sight of ${vantage} was written by others ${mostTries} times in a row`);
}
