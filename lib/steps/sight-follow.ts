/** What a change of a vantage's sight leads to: somebody is asked, the operator is told, what was held back is released. */

import { advance } from "../judge/incident.ts";
import { afterTime, asked, released } from "../judge/sight.ts";
import type { CauseContext } from "../model/incident.ts";
import type { CycleNumber } from "../model/jobs.ts";
import type { IncidentPolicy } from "../model/policy.ts";
import type { Clock } from "../model/ports.ts";
import type { Sight } from "../model/sight.ts";
import type { TargetKey } from "../model/target.ts";
import type { Store } from "../store/store.ts";
import { changeCause } from "./change-cause.ts";
import { vantagesIn } from "./outlook.ts";
import { releaseHeld } from "./release.ts";
import { changeSight, sightOf, sightSubject } from "./sight-of.ts";
import type { DelayedJob } from "./tasks.ts";
import { witnessesFor, witnessJobs } from "./witnesses.ts";

export interface FollowWorld {
  readonly store: Store;
  readonly policy: IncidentPolicy;
  readonly everyMs: number;
  /** Epoch ms. */
  readonly now: number;
}

interface Followed {
  readonly sight: Sight;
  readonly jobs: readonly DelayedJob[];
}

/** Each part may be done again, and whatever a crash cut off is done by the next batch or tick. */
export async function followUp(
  vantage: string,
  sight: Sight,
  { cycle, isAsked }: { readonly cycle: CycleNumber; readonly isAsked: (key: TargetKey) => boolean },
  world: FollowWorld,
): Promise<Followed> {
  const { store, now } = world;
  if (sight.state === "doubtful" && sight.inquiry === null) {
    const witnesses = await witnessesFor(store, vantage, sight);
    let isMine = false;
    const stands = await changeSight(store, vantage, (before) => {
      const next = asked(before, witnesses, world);
      isMine = next !== before;
      return next;
    });
    const silent = isMine && stands.inquiry !== null ? witnesses.filter(({ key }) => !isAsked(key)) : [];
    return { sight: stands, jobs: await witnessJobs(store, silent, cycle, now) };
  }
  await tellSight(vantage, sight, cycle, world);
  if (sight.releaseAt !== null && sight.releaseAt <= now) {
    await releaseHeld(store, () => now);
    await changeSight(store, vantage, (before) =>
      before.releaseAt === sight.releaseAt ? released(before, now) : before,
    );
  }
  return { sight, jobs: [] };
}

export interface SightTickWorld extends Omit<FollowWorld, "now"> {
  readonly now: Clock;
}

/** What only the clock brings: doubts that nobody settled, and what a crash cut off. */
export async function sightTick(world: SightTickWorld): Promise<readonly DelayedJob[]> {
  const { store } = world;
  const now = world.now();
  const jobs: DelayedJob[] = [];
  for (const vantage of await vantagesIn(store)) {
    const before = await sightOf(store, vantage);
    if (before === null || isQuiet(before)) continue;
    const sight = await changeSight(store, vantage, (stands) => afterTime(stands, now));
    const cycle = (await store.state.lastCycle())?.cycle ?? 0;
    jobs.push(...(await followUp(vantage, sight, { cycle, isAsked: () => false }, { ...world, now })).jobs);
  }
  return jobs;
}

function isQuiet({ state, told, releaseAt }: Sight): boolean {
  return state !== "doubtful" && told === (state === "blind") && releaseAt === null;
}

/** The cause first, and then that it was told: a crash between them tells it again, which changes nothing. */
async function tellSight(vantage: string, sight: Sight, cycle: CycleNumber, world: FollowWorld): Promise<void> {
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
  // What was seen since its trouble began is taken back: the gap begins there.
  const at = isBlind ? (sight.troubleSince ?? sight.since) : sight.since;
  await store.ledger.putEvent(sightSubject(vantage), { at, ...what });
  await changeSight(store, vantage, (stands) => (stands.since === sight.since ? { ...stands, told: isBlind } : stands));
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
