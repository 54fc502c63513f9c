/** What only the clock brings: looks that a crash swallowed, clean time that is over, reminders. */

import { advance, againAfter, type CauseEvent, type Step } from "../judge/incident.ts";
import type { Cause } from "../model/incident.ts";
import type { IncidentPolicy } from "../model/policy.ts";
import type { Clock } from "../model/ports.ts";
import { blankMemory } from "../model/roster.ts";
import { targetKey } from "../model/target.ts";
import type { Store, Versioned } from "../store/store.ts";
import { fromAllVantages } from "./beside.ts";
import { changeCause } from "./change-cause.ts";
import { tendFamilies } from "./families.ts";
import { isOrphan } from "./orphan.ts";
import { confirmJobs, type DelayedJob, type Doubt } from "./tasks.ts";

export interface TickWorld {
  readonly store: Store;
  readonly now: Clock;
  readonly policy: IncidentPolicy;
  /** Vantages that have a vote. */
  readonly sighted: readonly string[];
}

export interface TickReport {
  readonly jobs: readonly DelayedJob[];
}

/** Advances every cause whose time has come. The outboxes are emptied by `notify`, called after it. */
export async function tick({ store, now, policy, sighted }: TickWorld): Promise<TickReport> {
  const at = now();
  await tendFamilies({ store, policy, now: at });
  const due = (await store.state.dueCauses(at)).filter(({ value }) => value.due !== null && value.due <= at);
  const doubts: Doubt[] = [];
  for (const cause of due) {
    const event = (await isOrphan(store, cause.value)) ? ({ kind: "gone" } as const) : ({ kind: "tick" } as const);
    const { confirm } = await advanceOne(store, cause, event, policy, at);
    if (confirm !== null) doubts.push(...(await doubtsOf(store, cause.value, confirm, sighted)));
  }
  return { jobs: confirmJobs(doubts, againAfter(policy), at) };
}

async function advanceOne(
  store: Store,
  found: Versioned<Cause>,
  event: CauseEvent,
  policy: IncidentPolicy,
  at: number,
): Promise<Step> {
  let step: Step = { cause: null, confirm: null, owed: [] };
  const move = (cause: Cause | null): Cause | null => {
    step = advance(cause, event, policy, at);
    return step.cause === cause ? null : step.cause;
  };
  await changeCause(store, found.value.class, found.value.subject, move, found);
  return step;
}

/** None where the target has left the roster meanwhile. */
async function doubtsOf(
  store: Store,
  { context, subject, votes }: Cause,
  { cycle, rounds }: NonNullable<Step["confirm"]>,
  sighted: readonly string[],
): Promise<readonly Doubt[]> {
  if (context.slot === null) return [];
  const { slice: number, slot } = context.slot;
  const [slice, memory] = await Promise.all([store.state.slice(number), store.state.memory(number)]);
  const entry = slice?.entries[slot];
  if (!entry || targetKey(entry.target) !== subject) return [];
  const known = (memory.value[slot] ?? blankMemory).fingerprint;
  const all = await fromAllVantages(store, [{ slice: number, slot, entry, cycle, rounds, known }], sighted);
  const seeing = all.filter((doubt) => sighted.includes(doubt.entry.vantage));
  // From another vantage some of them may have been made.
  return seeing.map((doubt) => {
    const made = votes.filter((vote) => vote.vantage === doubt.entry.vantage && vote.cycle === cycle);
    return { ...doubt, rounds: rounds.filter((round) => !made.some((vote) => vote.round === round)) };
  });
}
