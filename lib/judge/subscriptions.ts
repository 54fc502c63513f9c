/** What became of a topic's subscriptions since they were last listed. Pure. */

import type { KnownSubscription, ListedSubscription } from "../model/subscriptions.ts";

/** Whoever is asked to confirm has a day to do so; SNS itself forgets them after two. */
export const mostPendingMs = 86_400_000;

/** So many are remembered: a document of the store holds no more. */
export const mostKnown = 4_000;

export interface Reconciled {
  /** In the order of their names; the very same object where nothing changed. */
  readonly known: readonly KnownSubscription[];
  /** Get no message, and somebody has to do something about it. */
  readonly deaf: readonly KnownSubscription[];
  /** Get messages again. */
  readonly back: readonly KnownSubscription[];
}

/** `now` in epoch ms. */
export function reconciled(
  known: readonly KnownSubscription[],
  listed: readonly ListedSubscription[],
  now: number,
): Reconciled {
  const before = new Map(known.map((one) => [subscriptionName(one), one]));
  const present = new Map<string, ListedSubscription>();
  for (const one of listed) {
    const name = subscriptionName(one);
    // Asked twice and confirmed once: it is confirmed.
    if (!one.pending || !present.has(name)) present.set(name, one);
  }
  const names = [...new Set([...before.keys(), ...present.keys()])].sort().slice(0, mostKnown);
  const next = names.flatMap((name) => nextOf(before.get(name), present.get(name), now));
  const isSame = next.length === known.length && next.every((one, index) => one === known[index]);
  return {
    known: isSame ? known : next,
    deaf: next.filter((one) => isDeaf(one, now)),
    back: next.filter((one) => one.state === "confirmed" && isOther(before.get(subscriptionName(one)), one)),
  };
}

/** `email:it@acme.example`. */
export function subscriptionName({ protocol, endpoint }: Pick<ListedSubscription, "protocol" | "endpoint">): string {
  return `${protocol}:${endpoint}`;
}

/** What got messages once and is pending again was put back by SNS: it hears nothing from that moment. */
export function isDeaf({ state, since, wasConfirmed }: KnownSubscription, now: number): boolean {
  return state === "vanished" || (state === "pending" && (wasConfirmed || now - since > mostPendingMs));
}

function nextOf(
  before: KnownSubscription | undefined,
  listed: ListedSubscription | undefined,
  now: number,
): readonly KnownSubscription[] {
  const state = listed === undefined ? "vanished" : listed.pending ? "pending" : "confirmed";
  if (before?.state === state) return [before];
  const named = before ?? listed;
  if (named === undefined) return [];
  const { protocol, endpoint } = named;
  const wasConfirmed = state === "confirmed" || before?.wasConfirmed === true;
  return [{ protocol, endpoint, state, since: now, wasConfirmed }];
}

function isOther(before: KnownSubscription | undefined, now: KnownSubscription): boolean {
  return before !== undefined && before.state !== now.state;
}
