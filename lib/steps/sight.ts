/** What one batch says of the eyes that made it, before it says anything of servers. */

import { markOf } from "../judge/answer.ts";
import { advance } from "../judge/incident.ts";
import { afterBatch, type SightLook } from "../judge/sight.ts";
import type { CauseContext } from "../model/incident.ts";
import type { CycleNumber, ProbeResults } from "../model/jobs.ts";
import { networkOf } from "../model/network.ts";
import type { IncidentPolicy } from "../model/policy.ts";
import type { Slice } from "../model/roster.ts";
import type { Sight } from "../model/sight.ts";
import { targetKey } from "../model/target.ts";
import type { Store, Versioned } from "../store/store.ts";
import { changeCause } from "./change-cause.ts";
import { releaseHeld } from "./release.ts";
import { sightSubject } from "./sight-of.ts";
import type { SlotAnswers } from "./slot-answers.ts";

export interface SightWorld {
  readonly store: Store;
  readonly policy: IncidentPolicy;
  readonly everyMs: number;
  /** Epoch ms. */
  readonly now: number;
}

const mostTries = 8;

/** The vantage's sight after this batch. What it lost or got back is told to the operator, and stands in the history. */
export async function seenBy(
  results: ProbeResults,
  slice: Slice,
  slots: readonly SlotAnswers[],
  world: SightWorld,
): Promise<Sight | null> {
  const { vantage, cycle, round } = results;
  const looks = slots.flatMap(lookOf);
  const canaries = await canariesOf(world.store, slice, looks);
  const batch = { cycle, round, looks, canaries };
  const sight = await changeSight(world.store, vantage, (before) => afterBatch(before, batch, world));
  if (sight !== null) await tellSight(vantage, sight, cycle, world);
  return sight;
}

/** A steady answer is what the memory says; one that is new says so itself. */
function lookOf({ entry, light, memory }: SlotAnswers): readonly SightLook[] {
  if (light === null) return [];
  const mark = light.kind === "same" ? memory.mark : markOf(light.observation.outcome);
  const { address } = entry.target;
  const isCanary = entry.canary === true;
  return [{ key: targetKey(entry.target), network: networkOf(address), isCanary, before: memory.mark, mark }];
}

/** They stand in the first slices of a vantage: only where something isn't as it was, or they are at hand, they are counted. */
async function canariesOf({ state }: Store, slice: Slice, looks: readonly SightLook[]): Promise<number> {
  const isQuiet = looks.every(({ before, mark, isCanary }) => !isCanary && (before === mark || before !== "tls"));
  if (isQuiet) return 0;
  const slices = (await state.slices()).filter(({ vantage }) => vantage === slice.vantage);
  return slices.flatMap(({ entries }) => entries.filter((entry) => entry?.canary === true)).length;
}

/** `change` answers the same object where there is nothing to write. */
async function changeSight(
  { state }: Store,
  vantage: string,
  change: (before: Sight | null) => Sight,
): Promise<Sight | null> {
  for (let tries = 0; tries < mostTries; tries++) {
    const read: Versioned<Sight | null> = await state.document<Sight>(sightSubject(vantage));
    const next = change(read.value);
    if (isWorthNothing(read.value, next)) return read.value;
    if (await state.putDocument(sightSubject(vantage), { value: next, version: read.version })) return next;
  }
  throw new Error(`sight of ${vantage} was written by others ${mostTries} times in a row`);
}

function isWorthNothing(before: Sight | null, next: Sight): boolean {
  if (next === before) return true;
  return (
    before === null &&
    next.state === "sighted" &&
    next.tally === null &&
    next.failing.length === 0 &&
    next.trustedUntil === 0
  );
}

/** The cause first, and then that it was told: a crash between them tells it again, which changes nothing. */
export async function tellSight(
  vantage: string,
  sight: Sight,
  cycle: CycleNumber,
  world: Omit<SightWorld, "everyMs">,
): Promise<void> {
  const isBlind = sight.state === "blind";
  if (isBlind === sight.told || sight.state === "doubtful") return;
  const { store, policy, now } = world;
  const vote = { at: now, cycle, round: 0, vantage, answer: isBlind ? "bad" : "good" } as const;
  await changeCause(store, "blind", vantage, (cause) => {
    const context = isBlind || cause === null ? contextOf(vantage, sight) : cause.context;
    const event = { kind: "vote", class: "blind", subject: vantage, vote, context } as const;
    const step = advance(
      cause,
      { ...event, sighted: [vantage], blinded: [], held: false, firstLook: null },
      policy,
      now,
    );
    return step.cause === cause ? null : step.cause;
  });
  const what = { kind: isBlind ? "blind" : "sighted", vantage, why: sight.why } as const;
  await store.ledger.putEvent(sightSubject(vantage), { at: sight.since, ...what });
  await changeSight(store, vantage, (stands) => (stands === null ? sight : { ...stands, told: isBlind }));
  if (!isBlind) await releaseHeld(store, () => now);
}

function contextOf(vantage: string, { why, kind }: Sight): CauseContext {
  return {
    host: vantage,
    hop: null,
    customers: 0,
    customer: null,
    neverOffered: false,
    severity: "critical",
    findings: [
      {
        code: "vantage.blind",
        severity: "critical",
        evidence: [why],
        consequence: "what this vantage reports is not believed: nobody else is told, and its hops become stale",
        advice:
          kind === "no-starttls"
            ? `Look for what inspects or rewrites SMTP between this vantage and the Internet. If everything truly lost TLS, say so: chainmail vantage trust ${vantage} --by YOU.`
            : `Look at the network of this vantage: port 25 outwards, NAT, address and blocklists. If nothing truly answers, say so: chainmail vantage trust ${vantage} --by YOU.`,
      },
    ],
    lines: [],
    beside: [],
    slot: null,
  };
}
