/** What a sender has in hand. */

import type { Cause, OutboxEntry } from "../../model/incident.ts";

/** One message of one cause. `sentTo`, `dead` and the rest grow while it is sent. */
export interface Item {
  readonly cause: Cause;
  readonly entry: OutboxEntry;
  readonly sentTo: Set<string>;
  readonly dead: Set<string>;
  /** Somebody couldn't be reached now. */
  failed: boolean;
  /** Somebody has enough to read for now: until when, epoch ms. */
  pacedUntil: number | null;
  /** Contacts of those who share it are told next, in this pass. */
  goesOn: boolean;
}

export function itemOf(cause: Cause, entry: OutboxEntry): Item {
  const { sentTo, dead } = entry;
  return { cause, entry, sentTo: new Set(sentTo), dead: new Set(dead), failed: false, pacedUntil: null, goesOn: false };
}

export function lacks({ sentTo, dead }: Item, name: string): boolean {
  return !sentTo.has(name) && !dead.has(name);
}

export function pacedUntil(item: Item, until: number): void {
  item.pacedUntil = Math.min(item.pacedUntil ?? until, until);
}
