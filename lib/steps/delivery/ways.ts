/** How the messages of one pass leave for each recipient: alone while its bucket lasts, the rest in one digest. */

import { shareOut } from "../../judge/bucket.ts";
import { type Alert, type Cause, certificatesDigest, type OutboxEntry } from "../../model/incident.ts";
import type { Channel } from "../../model/ports.ts";
import { isDue } from "../outbox.ts";
import type { Buckets } from "./buckets.ts";
import type { Recipients } from "./recipients.ts";

type Way = "alone" | "together" | "later";

export interface Ways {
  readonly of: (alert: Alert, channel: Channel) => Way;
  /** Of what is for later: when, epoch ms. */
  readonly until: (alert: Alert, channel: Channel) => number;
  /** Somebody gets a message of this cause in a digest. */
  readonly isTogether: (cause: Cause) => boolean;
}

/** The bucket that a message to this channel is taken from; null: from none. */
export function bucketOf({ name, unpaced, byCustomer }: Channel, { context }: Alert): string | null {
  if (unpaced) return null;
  return byCustomer && context.customer !== null ? `${name} ${context.customer}` : name;
}

/** Somebody has to get up for it. */
export function isUrgent(cause: Cause, now: number): boolean {
  return cause.outbox.some(
    (entry) =>
      isDue(entry, now) &&
      entry.alert.context.severity === "critical" &&
      entry.alert.kind !== "recovered" &&
      entry.alert.kind !== "gone",
  );
}

/** One message: of one alert, or of those of one named digest. */
interface Message {
  readonly keys: string[];
  readonly urgent: boolean;
  /** Each recipient has one of its own. */
  readonly isDigest: boolean;
}

/** `causes` are those that tell in this pass, the urgent ones first. */
export async function waysOf(
  causes: readonly Cause[],
  recipients: Recipients,
  buckets: Buckets,
  now: number,
): Promise<Ways> {
  const wanted = new Map<string, Map<string, Message>>();
  for (const cause of causes) {
    const urgent = isUrgent(cause, now);
    for (const entry of cause.outbox.filter((each) => isDue(each, now))) {
      for (const { channel } of await recipients.of(entry)) {
        const bucket = bucketOf(channel, entry.alert);
        if (bucket === null || has(entry, channel.name) || entry.alone.includes(channel.name)) continue;
        const messages = wanted.get(bucket) ?? new Map<string, Message>();
        wanted.set(bucket, messages);
        const of = entry.digest ?? keyOf(entry.alert);
        const message = messages.get(of) ?? { keys: [], urgent, isDigest: entry.digest === certificatesDigest };
        messages.set(of, message);
        message.keys.push(keyOf(entry.alert));
      }
    }
  }
  const ways = new Map<string, Way>();
  const untils = new Map<string, number>();
  const inDigests = new Set<string>();
  for (const [bucket, messages] of wanted) {
    const tokens = await buckets.tokens(bucket);
    const share = shareOut([...messages.values()], ({ urgent }) => urgent, tokens);
    const together = [...share.together, ...share.alone.filter(({ isDigest }) => isDigest)];
    for (const key of together.flatMap(({ keys }) => keys)) {
      ways.set(`${bucket} ${key}`, "together");
      inDigests.add(key);
    }
    const isUrgentFirst = share.later[0]?.urgent ?? false;
    if (share.later.length > 0) untils.set(bucket, await buckets.next(bucket, isUrgentFirst));
    for (const { keys } of share.later) for (const key of keys) ways.set(`${bucket} ${key}`, "later");
  }
  return {
    of: (alert, channel) => ways.get(`${bucketOf(channel, alert)} ${keyOf(alert)}`) ?? "alone",
    until: (alert, channel) => untils.get(bucketOf(channel, alert) ?? "") ?? now,
    isTogether: ({ outbox }) => outbox.some(({ alert }) => inDigests.has(keyOf(alert))),
  };
}

function has({ sentTo, dead }: OutboxEntry, name: string): boolean {
  return sentTo.includes(name) || dead.includes(name);
}

/** An incident's id is short: with its cause it is unique. */
function keyOf({ id, class: cls, subject }: Alert): string {
  return `${id} ${cls} ${subject}`;
}
