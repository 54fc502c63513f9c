/** A store in which nothing but drills is owed: who tells of a drill beside no other process leaves the rest to it. */

import { isDrill } from "../model/drill.ts";
import type { Store } from "../store/store.ts";

export function drillsOnly(store: Store): Store {
  const { state } = store;
  const dueCauses: Store["state"]["dueCauses"] = async (at) =>
    (await state.dueCauses(at)).filter(({ value }) => isDrill(value));
  return { ...store, state: { ...state, dueCauses } };
}
