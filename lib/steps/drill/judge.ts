/**
 * A drill's results on their way through the judge: to a cause of their own by the machine of the real ones. Facts,
 * fingerprints and the ledger's marks are never touched.
 */

import { advance, type VoteEvent } from "../../judge/incident.ts";
import { votesOf } from "../../judge/votes.ts";
import type { Drill } from "../../model/drill.ts";
import type { DrillResults } from "../../model/jobs.ts";
import type { IncidentPolicy } from "../../model/policy.ts";
import type { Clock } from "../../model/ports.ts";
import type { Store } from "../../store/store.ts";
import { changeCause } from "../change-cause.ts";
import { boundedFindings, decisiveLines } from "../evidence.ts";
import { changeOwnDrill, isRunning, presentDrill } from "./document.ts";

export interface DrillWorld {
  readonly store: Store;
  readonly now: Clock;
  readonly policy: IncidentPolicy;
}

/** Judges one made-up look; of a drill that is over, or isn't the present one, it judges none. Twice is once. */
export async function judgeDrill(results: DrillResults, { store, now, policy }: DrillWorld): Promise<void> {
  const drill = await presentDrill(store);
  if (drill === null || drill.id !== results.drill || !isRunning(drill, now())) return;
  const event = eventOf(drill, results);
  if (event === null) return;
  await changeCause(store, event.class, event.subject, (cause) => {
    const { cause: next } = advance(cause, event, drillPolicy(policy), now());
    return next === cause ? null : next;
  });
  const { cycle, round } = results;
  await changeOwnDrill(store, drill.id, (stands) =>
    stands.judged.some((each) => each.cycle === cycle && each.round === round)
      ? stands
      : { ...stands, judged: [...stands.judged, { cycle, round, at: now() }] },
  );
}

/** It opens as any other. A made-up recovery needs no clean time, and drills that follow each other are no flapping. */
function drillPolicy(policy: IncidentPolicy): IncidentPolicy {
  return { ...policy, cleanFor: 0, flapsPerHour: Number.POSITIVE_INFINITY };
}

function eventOf({ subject, entry }: Drill, { cycle, round, vantage, observation }: DrillResults): VoteEvent | null {
  const { at } = observation;
  const look = {
    facts: observation,
    factsSince: at,
    silence: null,
    lastSeen: at,
    everEncrypted: true,
    names: new Map<string, null>(),
  };
  const said = votesOf(look, entry, { now: at }).find((vote) => vote.class === "cleartext");
  if (said === undefined) return null;
  return {
    kind: "vote",
    class: said.class,
    subject,
    vote: { at, cycle, round, vantage, answer: said.answer },
    context: {
      ...said.context,
      findings: boundedFindings(said.context.findings),
      lines: decisiveLines(observation),
      beside: [],
      slot: null,
    },
    sighted: [vantage],
    blinded: [],
    held: false,
    firstLook: null,
  };
}

/** What only a clock brings: in one process the results whose time has come, and everywhere the end of a drill that was cut off. */
export async function drillTick(world: DrillWorld): Promise<void> {
  const { store, now } = world;
  const drill = await presentDrill(store);
  if (drill === null || drill.endedAt !== null) return;
  if (!isRunning(drill, now())) return await endDrill(world, drill.id);
  for (const { results } of drill.waiting.filter(({ at }) => at <= now())) {
    await judgeDrill(results, world);
    await changeOwnDrill(store, drill.id, (stands) => ({
      ...stands,
      waiting: stands.waiting.filter(
        ({ results: { cycle, round } }) => cycle !== results.cycle || round !== results.round,
      ),
    }));
  }
}

/** Whoever heard of a loss that is still open hears that it was cut off; what recovered has been told. */
export async function endDrill({ store, now, policy }: DrillWorld, id: string): Promise<void> {
  const drill = await presentDrill(store);
  if (drill === null || drill.id !== id || drill.endedAt !== null) return;
  await changeCause(store, "cleartext", drill.subject, (cause) => {
    const { cause: next } = advance(cause, { kind: "gone" }, policy, now());
    return next === cause ? null : next;
  });
  await changeOwnDrill(store, id, (stands) => ({ ...stands, waiting: [], endedAt: stands.endedAt ?? now() }));
}
