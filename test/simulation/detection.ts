/** How soon a loss is told, found by playing it often enough. Seeded: the same figures each time. */

import { advance, type Step } from "../../lib/judge/incident.ts";
import type { Cause } from "../../lib/model/incident.ts";
import { defaultPolicy } from "../../lib/model/policy.ts";
import { context } from "../judge/incident/watch.ts";
import { every, minute } from "./happenings.ts";
import type { History } from "./history.ts";
import { asBuilt } from "./machinery.ts";
import { createRandom } from "./random.ts";
import { createWorld } from "./world.ts";

/** Milliseconds from the beginning of a loss until it is told. */
export interface Delays {
  readonly runs: number;
  readonly mean: number;
  readonly median: number;
  readonly p99: number;
}

/** One plain backend among `backends`, which a balancer picks from by chance: until the answer that opens it. */
export function plainBackend(backends: number, runs: number): Delays {
  const random = createRandom(backends);
  return delaysOf(Array.from({ length: runs }, () => untilIntermittent(backends, random)));
}

function untilIntermittent(backends: number, random: ReturnType<typeof createRandom>): number {
  const begin = random.int(0, every);
  let cause: Cause | null = null;
  for (let cycle = 1; ; cycle++) {
    // The cycle's own look, then those that it asks for.
    const rounds = [0];
    for (const round of rounds) {
      const at = cycle * every + (round === 0 ? 0 : (defaultPolicy.confirmAfter[round - 1] ?? 0));
      const answer = random.chance(1 / backends) ? "bad" : "good";
      const vote = { at, cycle, round, vantage: "here", answer } as const;
      const about = { class: "cleartext", subject: "192.0.2.1:25", context } as const;
      const event = {
        kind: "vote",
        ...about,
        vote,
        sighted: ["here"],
        blinded: [],
        held: false,
        firstLook: null,
      } as const;
      const step: Step = advance(cause, event, defaultPolicy, at);
      cause = step.cause;
      if (step.owed.length > 0) return at - begin;
      rounds.push(...(step.confirm?.rounds ?? []));
    }
  }
}

/** A server that loses TLS at any moment of a cycle: until an operator has the message, over real steps as on AWS. */
export async function cleanLoss(runs: number): Promise<Delays> {
  const delays: number[] = [];
  for (let seed = 0; seed < runs; seed++) {
    const history: History = {
      seed,
      mode: "lambda",
      targets: 1,
      crowd: null,
      quiet: null,
      vantages: 1,
      channels: 1,
      tokens: [10],
      hasPhone: false,
      hasSecond: false,
      nightAfterMs: null,
      ring: null,
      isFresh: false,
      isLong: false,
      happenings: [],
    };
    const world = createWorld(history, asBuilt);
    await world.pass(every + createRandom(seed).int(0, every));
    const begin = world.now();
    world.happen({ kind: "mode", target: 0, mode: "plain" });
    while (world.evidence.received.length === 0) await world.pass(minute);
    delays.push((world.evidence.received[0]?.at ?? 0) - begin);
  }
  return delaysOf(delays);
}

function delaysOf(delays: number[]): Delays {
  const sorted = delays.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const mean = sorted.reduce((sum, delay) => sum + delay, 0) / sorted.length;
  return { runs: sorted.length, mean, median: at(0.5), p99: at(0.99) };
}
