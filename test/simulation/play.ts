/** One history from its beginning to its end, and what the oracle says of it. */

import type { Cause } from "../../lib/model/incident.ts";
import { circleBreachesOf } from "./circling.ts";
import { deafBreachesOf } from "./deafness.ts";
import { copies } from "./deliveries.ts";
import { every, minute } from "./happenings.ts";
import { drawHistory, type History } from "./history.ts";
import { holdBreachesOf } from "./holding.ts";
import { parentBreachesOf } from "./kinship.ts";
import { asBuilt, type Machinery } from "./machinery.ts";
import { serverBreachesOf } from "./oracle.ts";
import { type CrashAt, createWorld, type World } from "./world.ts";

export interface Ending {
  /** None where all promises were kept. */
  readonly breaches: readonly string[];
  /** Awaits until the world calmed down: each is a place to die at. */
  readonly awaits: number;
  readonly world: World;
}

/** Cycles in which nothing happens, so that what is wrong shows; then all servers are mended. */
const quietCycles = { few: 4, crowd: 14 };
const mostCycles = 240;

export async function play(
  history: History,
  machinery: Machinery = asBuilt,
  crashAt: CrashAt | null = null,
): Promise<Ending> {
  const world = createWorld(history, machinery, crashAt);
  for (const { after, what } of history.happenings) {
    await world.pass(after);
    world.happen(what);
  }
  // A crash that is to come at a given await may come later than the last thing that happens.
  await world.pass(every);
  if (crashAt === null) world.calm();
  for (let cycles = 0; world.underWay() > 0 && cycles < 8; cycles++) await world.pass(every);
  await world.pass((history.crowd === null ? quietCycles.few : quietCycles.crowd) * every);
  if (history.isLong) await world.pass(76 * 60 * minute);
  const awaits = world.awaits();
  world.calm();
  world.mend();
  await end(world);
  const { evidence } = world;
  const breaches = [
    ...evidence.breaches,
    ...copies(evidence),
    ...serverBreachesOf(evidence),
    ...parentBreachesOf(evidence),
    ...circleBreachesOf(evidence),
    ...holdBreachesOf(evidence),
    ...deafBreachesOf(evidence),
    ...leftOver(world),
  ];
  return { breaches, awaits, world };
}

/** Until all is over, or should be: an hour where it flapped; where it came and went 217 clean answers at most, after one bad in 24. */
async function end(world: World): Promise<void> {
  for (let cycles = 0; cycles < mostCycles && !world.causes().every(isOver); cycles++) await world.pass(every);
}

/** A channel stays deaf until it takes a message again, and perhaps none comes. */
function isOver({ class: cls, state, outbox }: Cause): boolean {
  return (state === "clear" || state === "suspected" || cls === "deaf") && outbox.length === 0;
}

function leftOver(world: World): readonly string[] {
  return world
    .causes()
    .filter((cause) => !isOver(cause))
    .map(({ class: cls, subject, state, outbox }) => {
      const owed = outbox.map(({ alert, attempts }) => `${alert.id} ${alert.kind} after ${attempts} tries`);
      return `${cls} of ${subject} is ${state} when all is well, and owes ${owed.join(", ") || "nothing"}`;
    });
}

interface CrashPoint extends CrashAt {
  /** Places that it stands for: who dies before a read or after it leaves the very same world. */
  readonly places: 1 | 2;
}

/** Every place at which a process of this history can die. */
export async function crashPoints(history: History): Promise<readonly CrashPoint[]> {
  const { awaits, world } = await play(history);
  const reads = world.reads();
  return Array.from({ length: awaits }, (_, index) => index + 1).flatMap((number): readonly CrashPoint[] =>
    reads.has(number)
      ? [{ number, after: false, places: 2 }]
      : [
          { number, after: false, places: 1 },
          { number, after: true, places: 1 },
        ],
  );
}

export interface Broken {
  readonly seed: number;
  readonly breaches: readonly string[];
}

/** Plays the histories of these seeds up to the first that breaks a promise, in such words; null where none does. */
export async function playAll(
  seeds: Iterable<number>,
  machinery: Machinery = asBuilt,
  words = /./,
  draw: (seed: number) => History = drawHistory,
): Promise<Broken | null> {
  for (const seed of seeds) {
    const { breaches } = await play(draw(seed), machinery);
    if (breaches.some((breach) => words.test(breach))) return { seed, breaches };
  }
  return null;
}
