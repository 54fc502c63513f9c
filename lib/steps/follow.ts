/** Follows names by themselves: each is looked up when it is new or due, and what changed is written. */

import type { CycleNumber } from "../model/jobs.ts";
import type { Clock } from "../model/ports.ts";
import type { LedgerStore } from "../store/store.ts";
import { eachAtOnce } from "./at-once.ts";
import type { Change } from "./dns-change.ts";
import { isDue } from "./due.ts";

/** One kind of name. `Kept` is what is stored of it, `Found` what a lookup gives, `Known` what the roster needs. */
export interface Kind<Kept, Found, Known> {
  stored(): AsyncIterable<Kept>;
  nameOf(kept: Kept): string;
  /** Seconds after which it is looked up again. */
  ttlOf(kept: Kept): number;
  knownOf(kept: Kept): Known;
  /** `old` is what was known: who finds less asks twice. */
  find(name: string, old: Kept | undefined): Promise<Found>;
  /** The lookup was cut short by our own budget: it says nothing. */
  isUntold(found: Found): boolean;
  after(name: string, old: Kept | undefined, found: Found, now: number): Change<Kept> | null;
  put(kept: Kept): Promise<void>;
  remove(name: string): Promise<void>;
}

export interface FollowWorld {
  readonly ledger: Pick<LedgerStore, "putEvent">;
  readonly now: Clock;
  /** Called before the first write that the roster must follow. */
  readonly beforeMove: () => Promise<void>;
}

export interface Following<Known> {
  /** By name, for every name that is followed and was ever looked up. */
  readonly known: ReadonlyMap<string, Known>;
  readonly lookedUp: number;
  readonly changed: number;
  /** The roster must follow. */
  readonly moved: boolean;
  /** False: some names were left for the next cycle. */
  readonly complete: boolean;
}

/** Lookups under way at once. */
const atOnce = 64;

/** `wanted` names are followed, stored ones that aren't wanted are removed; null: those that are stored. */
export async function follow<Kept, Found, Known>(
  kind: Kind<Kept, Found, Known>,
  wanted: ReadonlySet<string> | null,
  { ledger, now, beforeMove }: FollowWorld,
  cycle: CycleNumber,
  everyMs: number,
): Promise<Following<Known>> {
  const known = new Map<string, Known>();
  const report = { lookedUp: 0, changed: 0, moved: false, complete: true };

  async function look(name: string, old: Kept | undefined): Promise<void> {
    if (old !== undefined) known.set(name, kind.knownOf(old));
    const found = await kind.find(name, old);
    if (kind.isUntold(found)) {
      report.complete = false;
      return;
    }
    report.lookedUp++;
    const change = kind.after(name, old, found, now());
    if (change === null) return;
    report.changed++;
    known.set(name, kind.knownOf(change.stored));
    if (change.moves) {
      report.moved = true;
      await beforeMove();
    }
    // The event first: after a crash in between it is told twice rather than never.
    if (change.event) await ledger.putEvent(name, change.event);
    await kind.put(change.stored);
  }

  await eachAtOnce(kind.stored(), atOnce, async (kept) => {
    const name = kind.nameOf(kept);
    if (wanted !== null && !wanted.has(name)) await kind.remove(name);
    else if (isDue(name, kind.ttlOf(kept), cycle, everyMs)) await look(name, kept);
    else known.set(name, kind.knownOf(kept));
  });
  // `known` holds every stored name by now: a new one that was just put isn't looked up again.
  const fresh = [...(wanted ?? [])].filter((name) => !known.has(name));
  await eachAtOnce(fresh, atOnce, (name) => look(name, undefined));
  return { known, ...report };
}
