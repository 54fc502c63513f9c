/** Which vantages see, as it stands in the store. */

import type { Sight } from "../model/sight.ts";
import type { Store } from "../store/store.ts";

/** The name of its document, and of its history in the ledger. */
export const sightSubject = (vantage: string): string => `vantage ${vantage}`;

export async function sightOf({ state }: Pick<Store, "state">, vantage: string): Promise<Sight | null> {
  return (await state.document<Sight>(sightSubject(vantage))).value;
}

/** Those of `vantages` that have a vote: neither doubtful nor blind. */
export async function sightedOf(store: Store, vantages: readonly string[]): Promise<readonly string[]> {
  const sights = await Promise.all(vantages.map((vantage) => sightOf(store, vantage)));
  return vantages.filter((_, at) => (sights[at]?.state ?? "sighted") === "sighted");
}
