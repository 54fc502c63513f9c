/** The one drill there is, as it stands in the store: written by who began it, who judges and who tells. */

import type { Drill } from "../../model/drill.ts";
import type { Store } from "../../store/store.ts";
import { Contended } from "../change-cause.ts";

const name = "drill";
const mostTries = 12;

export async function presentDrill({ state }: Store): Promise<Drill | null> {
  return (await state.document<Drill>(name)).value;
}

/** Asks `change` for what follows, again when somebody wrote in between; the same object or null: nothing to write. */
export async function changeDrill(store: Store, change: (drill: Drill | null) => Drill | null): Promise<Drill | null> {
  for (let tries = 0; tries < mostTries; tries++) {
    const { value, version } = await store.state.document<Drill>(name);
    const next = change(value);
    if (next === null || next === value) return value;
    if (await store.state.putDocument(name, { value: next, version })) return next;
  }
  throw new Contended(`the drill was written by others ${mostTries} times in a row`);
}

/** The same for the drill of this id, while it is the present one. */
export async function changeOwnDrill(store: Store, id: string, change: (drill: Drill) => Drill): Promise<Drill | null> {
  return changeDrill(store, (drill) => (drill?.id === id ? change(drill) : null));
}

/** It takes results and is answered for; `now` in epoch ms. */
export function isRunning({ endedAt, until }: Drill, now: number): boolean {
  return endedAt === null && until > now;
}
