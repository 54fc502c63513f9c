/** What a history is made of: a world, and at most twelve things that happen in it. Drawn from a seed. */

import { type Crowd, type Crowded, crowdHappenings, drawCrowd } from "./crowd.ts";
import type { Mode } from "./evidence.ts";
import { every, type Happening, minute, second, type Trouble } from "./happenings.ts";
import { drawQuiet, type Quiet } from "./quiet.ts";
import { createRandom, type Random } from "./random.ts";
import { drawRing, type Ring } from "./ring.ts";

export interface History {
  readonly seed: number;
  /** `lambda`: each step dies alone, and what it had in hand is delivered again. `single`: all die together, with all that waits. */
  readonly mode: "lambda" | "single";
  /** Those that something happens to. */
  readonly targets: number;
  /** Null: they are too few to share anything. */
  readonly crowd: Crowd | null;
  /** Null: everybody wants to be told of everything. */
  readonly quiet: Quiet | null;
  /** Each target is looked at from all of them. */
  readonly vantages: number;
  readonly channels: number;
  /** Messages that each of them may get at once when it begins; below 0: so many minutes later there is the first. */
  readonly tokens: readonly number[];
  /** One more operator, by a channel that claims first. */
  readonly hasPhone: boolean;
  /** One more contact, who is told of what nobody acknowledged in time. */
  readonly hasSecond: boolean;
  /** One more operator, who is told of it after so long, ms; null: none. */
  readonly nightAfterMs: number | null;
  /** Customers who share all but the first target, or the only one; null: nobody knows who they are. */
  readonly ring: Ring | null;
  /** The targets are new on the roster. */
  readonly isFresh: boolean;
  /** Long enough for reminders. */
  readonly isLong: boolean;
  readonly happenings: readonly { readonly after: number; readonly what: Happening }[];
}

const most = 12;

/** `faults` false: nothing dies and nothing fails, but servers and people do what they do. */
export function drawHistory(seed: number, faults = true): History {
  const history = drawFew(seed, faults);
  const crowded = faults ? drawCrowd(seed) : null;
  return withRing(crowded === null ? history : withCrowd(history, crowded, faults), faults);
}

/** The same with customers who share servers, whatever its seed: for who wants to see them. */
export function drawRinged(seed: number): History {
  const crowded = seed % 3 === 0 ? drawCrowd(seed, true) : null;
  const history = drawFew(seed, true);
  return withRing(crowded === null ? history : withCrowd(history, crowded, true), true, true);
}

/** The same with many servers, whatever its seed: for who wants to see one. */
export function drawCrowded(seed: number, faults = true): History {
  return withCrowd(drawFew(seed, faults), drawCrowd(seed, true), faults);
}

function withCrowd(history: History, { crowd, random }: Crowded, faults: boolean): History {
  const targets = crowd.kin + crowd.strangers;
  const aFault = (draw: Random) => fault(draw, targets, history.channels);
  const happenings = crowdHappenings(random, crowd, pause, faults ? aFault : null);
  return { ...history, crowd, quiet: null, targets, vantages: 1, isFresh: false, isLong: false, happenings };
}

function withRing(history: History, faults: boolean, isWanted = false): History {
  const { seed, targets, crowd } = history;
  const isCrowd = crowd !== null;
  const ringed = drawRing(seed, { targets, isCrowd, faults, happenings: history.happenings.length }, isWanted);
  if (ringed === null) return history;
  const happenings = [...history.happenings];
  for (const { place, after, what } of ringed.happenings.toReversed()) happenings.splice(place, 0, { after, what });
  return { ...history, ring: ringed.ring, happenings };
}

/** One in so many histories. By a stream of its own: all else is drawn as if there were none. */
const oneNightIn = 4;
function drawNight(seed: number): number | null {
  const random = createRandom(seed ^ 0x69696969);
  return random.chance(1 / oneNightIn) ? random.pick([5, 10, 15, 15]) * minute : null;
}

function drawFew(seed: number, faults: boolean): History {
  const random = createRandom(seed);
  const vantages = random.pick([1, 1, 1, 1, 1, 1, 2, 2, 3]);
  // What several vantages do to each other shows at one target.
  const targets = vantages > 1 ? 1 : random.pick([1, 1, 1, 2, 3]);
  const channels = random.pick([1, 2, 2, 3, 5]);
  const isScarce = random.chance(0.15);
  const tokens = Array.from({ length: channels }, () => (isScarce ? random.pick([10, 0, -20, -40, -60, -80]) : 10));
  const length = random.int(1, most);
  return {
    seed,
    mode: random.chance(0.5) ? "lambda" : "single",
    targets,
    vantages,
    crowd: null,
    // Who has to wait for a message as well may get it when nobody remembers why.
    quiet: faults && !isScarce ? drawQuiet(seed, targets) : null,
    channels,
    tokens,
    hasPhone: random.chance(0.25),
    hasSecond: channels > 1 && random.chance(0.5),
    nightAfterMs: drawNight(seed),
    ring: null,
    isFresh: random.chance(0.15),
    isLong: random.chance(0.01),
    happenings: Array.from({ length }, () => ({
      after: pause(random),
      what: faults && random.chance(0.55) ? fault(random, targets, channels) : deed(random, targets, vantages),
    })),
  };
}

function pause(random: Random): number {
  const kind = random.next();
  if (kind < 0.35) return random.int(0, 30 * second);
  if (kind < 0.6) return random.int(30 * second, 2 * minute);
  if (kind < 0.9) return random.int(2 * minute, 2 * every);
  return random.int(2 * every, 8 * every);
}

function deed(random: Random, targets: number, vantages: number): Happening {
  const target = random.int(0, targets - 1);
  if (vantages > 1 && random.chance(0.35)) {
    const vantage = random.int(0, vantages - 1);
    if (random.chance(0.2)) return { kind: "blind", vantage, isBlind: random.chance(0.5) };
    return { kind: "path", target, vantage, mode: random.pick<Mode | null>(["plain", "plain", "silent", null, null]) };
  }
  const kind = random.next();
  if (kind < 0.35) return { kind: "mode", target, mode: "plain" };
  if (kind < 0.6) return { kind: "mode", target, mode: "good" };
  if (kind < 0.8) return { kind: "mode", target, mode: random.pick(["silent", "silent", "not-now", "weak"]) };
  if (kind < 0.86) return { kind: "flaky", target, of: random.int(2, 8) };
  if (kind < 0.91) return { kind: "acknowledge", target };
  return { kind: random.chance(0.6) ? "drop" : "return", target };
}

function fault(random: Random, targets: number, channels: number): Happening {
  const channel = random.int(0, channels - 1);
  const times = random.int(1, 4);
  const kind = random.next();
  if (kind < 0.3) return { kind: "disturbed", how: random.pick(["late", "twice", "much-later", "lost"]), times };
  if (kind < 0.55) {
    const how = random.pick<Trouble>(["throttles", "hangs", "loses-reply", "never-answers"]);
    return { kind: "trouble", channel: random.chance(0.2) ? null : channel, how, times };
  }
  if (kind < 0.6) return { kind: "refuses", channel, target: random.int(0, targets - 1) };
  const inAwaits = random.int(1, random.pick([5, 40, 200]));
  if (kind < 0.85) return { kind: "crash", inAwaits, after: random.chance(0.5) };
  return { kind: "outage", inAwaits, after: random.chance(0.5) };
}
