/** Signs of life of the command that plays a drill: one that was killed gives none, and blocks nobody. */

import type { Drill } from "../../model/drill.ts";
import type { Store } from "../../store/store.ts";
import { changeOwnDrill, presentDrill } from "./document.ts";
import type { DrillWorld } from "./judge.ts";

export const signEveryMs = 3_000;
/** Without a sign for as long it is dead, by the one clock of who waits. */
export const deadAfterMs = 12_000;

export async function giveSign(store: Store, id: string): Promise<void> {
  await changeOwnDrill(store, id, (drill) =>
    drill.endedAt === null ? { ...drill, signs: (drill.signs ?? 0) + 1 } : drill,
  );
}

/** False as soon as `drill` gives a sign; true where it gave none, or is over meanwhile. `pause` until one looks again. */
export async function isAbandoned({ store, now }: DrillWorld, drill: Drill, pause: () => Promise<void>) {
  // Begun by a release that gives none.
  if (drill.signs === undefined) return false;
  for (const began = now(); now() - began < deadAfterMs; ) {
    await pause();
    const present = await presentDrill(store);
    if (present?.id !== drill.id || present.endedAt !== null) return true;
    if (present.signs !== drill.signs) return false;
  }
  return true;
}
