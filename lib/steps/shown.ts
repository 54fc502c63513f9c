/** Which targets show a certificate whose end is near: one message tells of it, whoever shows it, and to the contacts of all of them. */

import { isDeepStrictEqual } from "node:util";
import { isUntouched } from "../judge/merge.ts";
import type { ClassVote } from "../judge/votes.ts";
import type { Shown } from "../model/circle.ts";
import type { Cause, CauseContext } from "../model/incident.ts";
import type { RosterEntry } from "../model/roster.ts";
import { type TargetKey, targetKey } from "../model/target.ts";
import type { Store } from "../store/store.ts";
import { changeCause } from "./change-cause.ts";

type States = Pick<Store, "state">;

const mostNamed = 10;
const mostNames = 50;

/** Before the votes are cast, so that no message of it leaves without those behind this target. What is known is written once. */
export async function noteShown({ state }: States, entry: RosterEntry, ending: readonly ClassVote[]): Promise<void> {
  const target = targetKey(entry.target);
  for (const [sha256, [first, ...others]] of Map.groupBy(ending, ({ subject }) => subject)) {
    if (first === undefined) continue;
    const { host, customers, customer, needs = [], ends = 0 } = first.context;
    const own = [host, ...others.map(({ context }) => context.host)];
    const names = own.length < entry.names.length && own.length <= mostNames ? own : [];
    const shown: Shown = { target, host, customers, customer, needs, names, gone: null, ends };
    const known = (await state.shown(sha256)).find((one) => one.target === target);
    if (!isDeepStrictEqual(known, shown)) await state.putShown(sha256, shown);
  }
}

/** It shows another one since then, epoch ms. */
export async function noteGone({ state }: States, sha256: string, target: TargetKey, at: number): Promise<void> {
  const shown = (await state.shown(sha256)).find((one) => one.target === target && one.gone === null);
  if (shown !== undefined) await state.putShown(sha256, { ...shown, gone: at });
}

/** After the votes were cast: what is told, and was told to nobody yet, counts the customers of all who show it. */
export async function countShown(store: Store, sha256: string): Promise<void> {
  const all = (await store.state.shown(sha256)).filter(({ gone }) => gone === null);
  if (all.length < 2) return;
  await changeCause(store, "expiring", sha256, (cause) => cause && counted(cause, all));
}

function counted(cause: Cause, all: readonly Shown[]): Cause | null {
  const { incident } = cause;
  if (incident === null || incident.endedAt !== null) return null;
  const context = contextOf(cause.context, all);
  if (isDeepStrictEqual(context, cause.context)) return null;
  const outbox = cause.outbox.map((entry) =>
    entry.alert.incident === incident.id && isUntouched(entry)
      ? { ...entry, alert: { ...entry.alert, context: contextOf(entry.alert.context, all) } }
      : entry,
  );
  return { ...cause, context, outbox };
}

function contextOf({ customersAtMost: _, ...context }: CauseContext, all: readonly Shown[]): CauseContext {
  const alone = new Set(all.flatMap(({ customer }) => customer ?? []));
  const shared = all.filter(({ customer }) => customer === null);
  const [only = null] = shared.length === 0 && alone.size === 1 ? alone : [];
  const isMost = shared.length > 1 || (shared.length === 1 && alone.size > 0);
  const named = all.slice(0, mostNamed).map(({ host, target }) => `shown by ${host} (${target})`);
  const rest = all.length - named.length;
  return {
    ...context,
    customers: alone.size + shared.reduce((sum, { customers }) => sum + customers, 0),
    ...(isMost && { customersAtMost: true }),
    customer: only,
    lines: rest > 0 ? [...named, `and ${rest} more`] : named,
  };
}
