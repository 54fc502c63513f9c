/**
 * DROWN across targets (CVE-2016-0800): who speaks SSLv2 gives away the sessions of all that have the same key. Only those
 * that speak it are kept, by their keys; whoever is judged looks its own keys up there.
 */

import type { Clock } from "../model/ports.ts";
import type { Scan } from "../model/scan.ts";
import type { TargetKey } from "../model/target.ts";
import { publicKeysOf, speaksSslv2 } from "../protocols/scan/flaws/drown.ts";
import type { Store, Versioned } from "../store/store.ts";
import { Contended } from "./change-cause.ts";

export interface KeyWorld {
  readonly store: Pick<Store, "state">;
  readonly now: Clock;
}

/** What is known of one target: of the scan before, and now. */
export interface Keyholder {
  readonly target: TargetKey;
  readonly before: Scan | null;
  readonly scan: Scan;
}

/** More of those that speak it make the same key no worse. */
const mostSpeakers = 50;
const mostTries = 6;
/** Late enough that nobody still writes by what was read before. */
const emptyKeptMs = 30 * 86_400_000;

/**
 * By target: the others that speak SSLv2 with a key of its own. Who began or ceased to speak it is written down first;
 * nothing is where all is as it was. Reads once for all of them, and the scans of those that were found.
 */
export async function sslv2Elsewhere(
  holders: readonly Keyholder[],
  world: KeyWorld,
): Promise<ReadonlyMap<TargetKey, readonly TargetKey[]>> {
  const { state } = world.store;
  const own = new Map(holders.map((holder) => [holder.target, publicKeysOf(holder.scan)]));
  const changes = holders.flatMap((holder) => changesOf(holder, own.get(holder.target) ?? []));
  const keys = [...new Set([...own.values(), ...changes.map(({ key }) => [key])].flat())];
  if (keys.length === 0) return new Map();
  const speakers = new Map(await state.sslv2Speakers(keys));
  for (const change of changes) speakers.set(change.key, await changed(change, speakers.get(change.key), world));

  const present = new Map(holders.map(({ target, scan }) => [target, scan]));
  const others = [...new Set([...speakers.values()].flatMap(({ value }) => value))].filter((one) => !present.has(one));
  const results = others.length === 0 ? new Map() : await state.scanResults(others);
  const scanOf = (target: TargetKey): Scan | null => present.get(target) ?? results.get(target)?.scan ?? null;
  /** What is kept by keys is but a hint: the scan itself may have gone, or be another by now. */
  const speaks = (target: TargetKey, key: string) => {
    const scan = scanOf(target);
    return scan !== null && speaksSslv2(scan) === true && publicKeysOf(scan).includes(key);
  };
  return new Map(
    [...own].map(([target, shown]) => {
      const found = shown.flatMap((key) => {
        return (speakers.get(key)?.value ?? []).filter((other) => other !== target && speaks(other, key));
      });
      return [target, [...new Set(found)].sort()];
    }),
  );
}

/** Nobody uses the target any more. */
export async function forgetSslv2(target: TargetKey, world: KeyWorld): Promise<void> {
  const { state } = world.store;
  const scan = (await state.scanResult(target))?.scan;
  if (scan == null || speaksSslv2(scan) !== true) return;
  const keys = publicKeysOf(scan);
  const speakers = await state.sslv2Speakers(keys);
  for (const key of keys) await changed({ key, target, speaks: false }, speakers.get(key), world);
}

interface Change {
  readonly key: string;
  readonly target: TargetKey;
  readonly speaks: boolean;
}

/** Where it isn't known any more, what was known before stands. */
function changesOf({ target, before, scan }: Keyholder, keys: readonly string[]): readonly Change[] {
  const speaks = speaksSslv2(scan);
  if (speaks === null) return [];
  const now = speaks ? keys : [];
  const former = before !== null && speaksSslv2(before) === true ? publicKeysOf(before) : [];
  return [
    ...now.map((key) => ({ key, target, speaks: true })),
    ...former.filter((key) => !now.includes(key)).map((key) => ({ key, target, speaks: false })),
  ];
}

type Speakers = Versioned<readonly TargetKey[]>;

/** Answers what stands there afterwards. */
async function changed(
  { key, target, speaks }: Change,
  read: Speakers | undefined,
  world: KeyWorld,
): Promise<Speakers> {
  const { state } = world.store;
  let { value, version } = read ?? { value: [], version: 0 };
  for (let tries = 0; tries < mostTries; tries++) {
    const isFull = speaks && value.length >= mostSpeakers;
    if (value.includes(target) === speaks || isFull) return { value, version };
    const next = speaks ? [...value, target].sort() : value.filter((one) => one !== target);
    if (await state.putSslv2Speakers(key, { value: next, version }, world.now() + emptyKeptMs)) {
      return { value: next, version: version + 1 };
    }
    ({ value, version } = (await state.sslv2Speakers([key])).get(key) ?? { value: [], version: 0 });
  }
  throw new Contended(`those that speak SSLv2 with the key ${key} were written by others ${mostTries} times in a row`);
}
