/** The looks that have to bear out what is about to be told, from every vantage that watches the target. */

import type { Cause } from "../../model/incident.ts";
import { blankMemory } from "../../model/roster.ts";
import { targetKey } from "../../model/target.ts";
import type { Store } from "../../store/store.ts";
import { fromAllVantages } from "../beside.ts";
import { confirmJobs, type DelayedJob, type Doubt } from "../tasks.ts";

/** Behind those that confirm. */
const lastRound = 4;

/** None for targets that have left the roster. What a blind vantage sees then has no vote, as ever. */
export async function looksAgain(store: Store, causes: readonly Cause[], now: number): Promise<readonly DelayedJob[]> {
  if (causes.length === 0) return [];
  const cycle = (await store.state.lastCycle())?.cycle;
  const doubts: Doubt[] = [];
  for (const { context, subject, votes } of causes) {
    if (context.slot === null) continue;
    const { slice: number, slot } = context.slot;
    const [slice, memory] = await Promise.all([store.state.slice(number), store.state.memory(number)]);
    const entry = slice?.entries[slot];
    if (!entry || targetKey(entry.target) !== subject) continue;
    const known = (memory.value[slot] ?? blankMemory).fingerprint;
    const doubt: Doubt = {
      slice: number,
      slot,
      entry,
      cycle: cycle ?? votes.at(-1)?.cycle ?? 0,
      rounds: [lastRound],
      known,
    };
    doubts.push(
      ...(await fromAllVantages(
        store,
        [doubt],
        entry.beside.map(({ vantage }) => vantage),
      )),
    );
  }
  return confirmJobs(distinct(doubts), [], now);
}

/** Several causes of one target ask for one look. */
function distinct(doubts: readonly Doubt[]): readonly Doubt[] {
  return [...new Map(doubts.map((doubt) => [`${doubt.slice} ${doubt.slot}`, doubt])).values()];
}
