/** Hourly: who subscribed to the topic and never confirmed, and who is gone from it without a word. A link scanner that follows the link at a mail's end unsubscribes whom it protects, and SNS tells nobody. */

import { type Reconciled, reconciled, subscriptionName } from "../judge/subscriptions.ts";
import {
  type KnownSubscription,
  type KnownSubscriptions,
  type SubscriptionService,
  subscriptionsDocument,
} from "../model/subscriptions.ts";
import type { Store } from "../store/store.ts";
import { type Hearing, hear, isDismissed } from "./deaf.ts";

export interface ContactsReport {
  readonly listed: number;
  readonly deaf: readonly string[];
  readonly back: readonly string[];
  /** Vanished, and somebody acknowledged it: no longer looked for. */
  readonly forgotten: readonly string[];
}

/** A steady hour writes nothing. May run twice, and be cut off anywhere: what is told comes before what is remembered. */
export async function checkSubscriptions(
  service: SubscriptionService,
  store: Store,
  now: number,
): Promise<ContactsReport> {
  const listed = await service.list();
  const { value, version } = await store.state.document<KnownSubscriptions>(subscriptionsDocument);
  const before = value?.topic === service.topic ? value.known : [];
  const step = reconciled(before, listed, now);
  // First, since it would be told anew of what was ended before a crash.
  const forgotten = await onPurpose(store, step, now);
  const deaf = step.deaf.filter((one) => !forgotten.includes(one));
  for (const one of deaf) await hear(store, hearingOf(one), now);
  for (const one of step.back) await hear(store, { channel: channelOf(one), trouble: null }, now);
  const known = step.known.filter((one) => !forgotten.includes(one));
  if (step.known !== before || forgotten.length > 0 || value?.topic !== service.topic) {
    // Somebody else's hour was first: what this one saw is seen again in the next.
    await store.state.putDocument(subscriptionsDocument, { value: { topic: service.topic, known }, version });
  }
  return {
    listed: listed.length,
    deaf: deaf.map(channelOf),
    back: step.back.map(channelOf),
    forgotten: forgotten.map(channelOf),
  };
}

/** Who was taken off on purpose is acknowledged by whoever did it, and is no contact any more. */
async function onPurpose(store: Store, { deaf }: Reconciled, now: number): Promise<readonly KnownSubscription[]> {
  const gone: KnownSubscription[] = [];
  for (const one of deaf.filter(({ state }) => state === "vanished"))
    if (await isDismissed(store, channelOf(one), one.since, now)) gone.push(one);
  return gone;
}

/** `sns:email:it@acme.example`. */
function channelOf(one: KnownSubscription): string {
  return `sns:${subscriptionName(one)}`;
}

function hearingOf(one: KnownSubscription): Hearing {
  const since = new Date(one.since).toISOString();
  const trouble =
    one.state === "vanished"
      ? {
          code: "contact.vanished",
          evidence: [`gone from the topic, seen at ${since}`],
          advice:
            "Subscribe it again and confirm with 'chainmail subscription confirm LINK', so that no link in a mail can end the subscription. Was it taken off on purpose? Then acknowledge this incident: it is forgotten within the hour.",
        }
      : {
          code: "contact.pending",
          evidence: [`${one.wasConfirmed ? "put back to pending" : "not confirmed"} since ${since}`],
          advice:
            "Have it confirm the subscription: 'chainmail subscription confirm LINK' takes the link of SNS's mail. SNS deletes what stays unconfirmed.",
        };
  return { channel: channelOf(one), trouble };
}
