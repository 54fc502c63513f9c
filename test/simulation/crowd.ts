/** Histories of many servers, of which several go bad at once: some that share something, and some that have nothing in common. */

import type { Mode } from "./evidence.ts";
import type { Happening } from "./happenings.ts";
import { createRandom, type Random } from "./random.ts";

/** A server, and what it shares with others. */
export interface Place {
  readonly address: string;
  readonly port: number;
  readonly host: string;
  /** `provider:kin.example`, as what is told of those that share it is called. */
  readonly shares: readonly string[];
}

type Sharing = "provider" | "address" | "mx-set";

export interface Crowd {
  readonly sharing: Sharing;
  /** The first targets share it, */
  readonly kin: number;
  /** the next ones share nothing. */
  readonly strangers: number;
}

/** One in so many histories with faults. */
const oneIn = 24;
const mostHappenings = 7;

export const gate = "gate";

export interface Crowded {
  readonly crowd: Crowd;
  /** A stream of its own: all else is drawn as if there were none. */
  readonly random: Random;
}

/** Null for most seeds, unless it is wanted. */
export function drawCrowd(seed: number, isWanted: true): Crowded;
export function drawCrowd(seed: number): Crowded | null;
export function drawCrowd(seed: number, isWanted = false): Crowded | null {
  const random = createRandom(~seed);
  if (!random.chance(1 / oneIn) && !isWanted) return null;
  const sharing = random.pick<Sharing>(["provider", "address", "mx-set"]);
  const kin = random.pick([0, 4, 5, 5, 6, 7]);
  return { random, crowd: { sharing, kin, strangers: random.int(kin < 4 ? 5 : 0, 7) } };
}

/** `fault` draws what goes wrong beside them; null: nothing does. */
export function crowdHappenings(
  random: Random,
  { kin, strangers }: Crowd,
  pause: (random: Random) => number,
  fault: ((random: Random) => Happening) | null,
) {
  const all = Array.from({ length: kin + strangers }, (_, target) => target);
  const someOf = (targets: readonly number[]) => targets.filter(() => random.chance(0.8));
  const groups = [all.slice(0, kin), all.slice(kin), all, someOf(all.slice(0, kin)), someOf(all)] as const;
  const together = (modes: readonly [Mode, ...Mode[]]): Happening => {
    const targets = random.pick(groups);
    return { kind: "together", targets, mode: random.pick(modes) };
  };
  const rest = Array.from({ length: random.int(1, mostHappenings) }, (): Happening => {
    if (fault !== null && random.chance(0.4)) return fault(random);
    const kind = random.next();
    const target = random.pick([0, ...all]);
    if (kind < 0.4) return together(["plain", "plain", "good", "good", "good", "weak", "silent"]);
    if (kind < 0.55) return { kind: "mode", target, mode: random.pick(["plain", "plain", "good", "weak"]) };
    if (kind < 0.65) return { kind: "acknowledge", target };
    if (kind < 0.72) return { kind: random.chance(0.6) ? "drop" : "return", target };
    if (kind < 0.93) return { kind: "decide", keeps: random.chance(0.4) };
    return { kind: "upgrade" };
  });
  const first = together(["plain", "plain", "plain", "weak", "silent"]);
  return [first, ...rest].map((what) => ({ after: pause(random), what }));
}

const sharedBy: Readonly<Record<Sharing, (target: number) => Partial<Place>>> = {
  provider: (target) => ({ host: `mx${target}.kin.example`, shares: ["provider:kin.example"] }),
  address: (target) => ({ address: "60.10.0.1", port: 25 + target, shares: ["address:60.10.0.1"] }),
  "mx-set": () => ({ shares: [`mx:${gate}`] }),
};

/** All servers of a crowd: those that act, and more than as many that are always well, so that no change is one of most. */
export function crowdPlaces({ sharing, kin, strangers }: Crowd): readonly Place[] {
  const acting = Array.from({ length: kin + strangers }, (_, target): Place => {
    const own = { address: `${60 + target}.10.0.1`, port: 25, host: `mx.number${target}.example`, shares: [] };
    return target < kin ? { ...own, ...sharedBy[sharing](target) } : own;
  });
  const well = Array.from({ length: kin + strangers + 1 }, (_, number): Place => {
    return { address: `${120 + number}.20.0.1`, port: 25, host: `mx.well${number}.example`, shares: [] };
  });
  return [...acting, ...well];
}
