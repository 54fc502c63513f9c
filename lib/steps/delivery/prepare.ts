/** What of a cause's outbox may leave now. Pure: silences and windows, what an end replaces, what a look has to bear out, the lease. */

import { borneOut } from "../../judge/bear-out.ts";
import { collapsed } from "../../judge/merge.ts";
import type { Cover } from "../../model/cover.ts";
import type { Cause, OutboxEntry } from "../../model/incident.ts";
import type { RecordEntry } from "../../model/record.ts";
import { isLeased, isOwing, leased, logName } from "../outbox.ts";
import { withheld } from "../withhold.ts";

export interface Prepared {
  /** As it has to stand in the store before anything leaves: leased where something does, the very same object where nothing changed. */
  readonly cause: Cause;
  readonly leaves: boolean;
  /** Its target is to be looked at once more. */
  readonly asks: boolean;
  /** For the record, before the outbox forgets it. */
  readonly records: readonly RecordEntry[];
}

/** Null where there is nothing to do, or another sender has it in hand. `now` in epoch ms. */
export function prepared(cause: Cause, cover: Cover | null, now: number): Prepared | null {
  if (isLeased(cause, now) || !isOwing(cause, now)) return null;
  const covered = withheld(cause, cover, now) ?? { cause, held: [], untold: [] };
  const { cause: single, replaced, untold } = collapsed(covered.cause, now);
  const { cause: sure, asks } = borneOut(single, now);
  const leaves = isOwing(sure, now);
  const records = [
    ...covered.held.map(({ alert }): RecordEntry => ({ kind: "held", at: now, alert })),
    ...[...covered.untold, ...untold].map(({ alert }): RecordEntry => ({ kind: "untold", at: now, alert })),
    ...replaced.filter(({ sentTo }) => sentTo.length > 0).map((entry) => toldRecord(entry, now)),
  ];
  return { cause: leaves ? leased(sure, now) : sure, leaves, asks, records };
}

/** Who has the message, and who never will. */
export function toldRecord(
  { alert, sentTo, dead }: Pick<OutboxEntry, "alert" | "sentTo" | "dead">,
  at: number,
): RecordEntry {
  const lost = new Set(dead);
  const reached = sentTo.filter((name) => name !== logName && !lost.has(name));
  const unreached = dead.filter((name) => name !== logName).map((name) => `${name} (undeliverable)`);
  return { kind: "told", at, alert, to: [...reached, ...unreached] };
}
