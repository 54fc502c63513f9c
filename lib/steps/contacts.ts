/** Hourly: who subscribed to a topic and never confirmed, and who is gone from it without a word. A link scanner that follows the link at a mail's end unsubscribes whom it protects, and SNS tells nobody. */

import { type Reconciled, reconciled, subscriptionName } from "../judge/subscriptions.ts";
import {
  type KnownSubscription,
  type KnownSubscriptions,
  type KnownTopic,
  knownTopics,
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
  services: readonly SubscriptionService[],
  store: Store,
  now: number,
): Promise<ContactsReport> {
  const { value, version } = await store.state.document<KnownSubscriptions>(subscriptionsDocument);
  const before = knownTopics(value);
  const checked: Checked[] = [];
  for (const service of services) {
    const old = before.find(({ topic }) => topic === service.topic);
    checked.push(await checkTopic(service, old ?? { topic: service.topic, known: [] }, store, now));
  }
  const topics = checked.map(({ after }) => after);
  if (topics.length !== before.length || topics.some((topic, index) => topic !== before[index])) {
    // Somebody else's hour was first: what this one saw is seen again in the next.
    await store.state.putDocument<KnownSubscriptions>(subscriptionsDocument, { value: { topics }, version });
  }
  return {
    listed: checked.reduce((sum, { listed }) => sum + listed, 0),
    deaf: checked.flatMap(({ deaf }) => deaf),
    back: checked.flatMap(({ back }) => back),
    forgotten: checked.flatMap(({ forgotten }) => forgotten),
  };
}

interface Checked extends ContactsReport {
  /** The very same object where nothing changed. */
  readonly after: KnownTopic;
}

async function checkTopic(
  service: SubscriptionService,
  before: KnownTopic,
  store: Store,
  now: number,
): Promise<Checked> {
  const listed = await service.list();
  const step = reconciled(before.known, listed, now);
  // First, since it would be told anew of what was ended before a crash.
  const forgotten = await onPurpose(store, step, now);
  const deaf = step.deaf.filter((one) => !forgotten.includes(one));
  for (const one of deaf) await hear(store, hearingOf(one, service.topic), now);
  for (const one of step.back) await hear(store, { channel: channelOf(one), trouble: null }, now);
  const known = step.known.filter((one) => !forgotten.includes(one));
  return {
    after: step.known === before.known && forgotten.length === 0 ? before : { topic: service.topic, known },
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

function hearingOf(one: KnownSubscription, topic: string): Hearing {
  const name = topic.slice(topic.lastIndexOf(":") + 1);
  const since = new Date(one.since).toISOString();
  const trouble =
    one.state === "vanished"
      ? {
          code: "contact.vanished",
          evidence: [`gone from the topic ${name}, seen at ${since}`],
          advice:
            one.protocol === "sms"
              ? "Deploy again, which subscribes the number, or subscribe it in SNS. Was it taken off on purpose? Then acknowledge this incident: it is forgotten within the hour."
              : "Subscribe it again and confirm with 'chainmail subscription confirm LINK', so that no link in a mail can end the subscription. Was it taken off on purpose? Then acknowledge this incident: it is forgotten within the hour.",
        }
      : {
          code: "contact.pending",
          evidence: [
            `${one.wasConfirmed ? "put back to pending" : "not confirmed"} at the topic ${name} since ${since}`,
          ],
          advice:
            "Have it confirm the subscription: 'chainmail subscription confirm LINK' takes the link of SNS's mail. SNS deletes what stays unconfirmed.",
        };
  return { channel: channelOf(one), trouble };
}
