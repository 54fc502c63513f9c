/** One message to one recipient: its drop of the bucket, its claim or its mark, and what the answer means. */

import { isUnaware } from "../../judge/merge.ts";
import type { AlertEvent } from "../../model/alert-event.ts";
import { type Alert, certificatesDigest } from "../../model/incident.ts";
import type { AlertLog, Channel, Clock, Delivery } from "../../model/ports.ts";
import { giveUpMs, logName } from "../outbox.ts";
import { certificatesOf } from "../words/certificates.ts";
import { collectedOf } from "../words/collected.ts";
import { digestOf } from "../words/digest.ts";
import type { Draft } from "../words/letter.ts";
import { familyOf } from "../words/shared.ts";
import type { Buckets } from "./buckets.ts";
import { type Item, pacedUntil } from "./hand.ts";
import type { Marks } from "./marks.ts";
import { bucketOf } from "./ways.ts";
import type { NotifyReport, Told } from "./world.ts";

/** A try that took longer has eaten into the lease. */
const slowMs = 5_000;

/** A channel as one message meets it, or the alert log. */
export interface Recipient {
  readonly name: string;
  /** Null: takes any number of messages. */
  readonly bucket: string | null;
  readonly claimsFirst: boolean;
  readonly deliver: (draft: Draft) => Promise<Delivery>;
  /** How an item's alert is worded for it, where that differs. */
  readonly words?: ((alert: Alert, item: Item) => Alert) | undefined;
  /** Its key as a member of a circle. */
  readonly key?: string;
}

export function recipientOf(channel: Channel, alert: Alert, own: Pick<Recipient, "words" | "key"> = {}): Recipient {
  const { name, claimsFirst = false } = channel;
  const bucket = bucketOf(channel, alert);
  return { name, bucket, claimsFirst, deliver: (draft) => channel.deliver({ ...draft, to: name }), ...own };
}

/** `to` names those who are told. */
export function logRecipient(log: AlertLog, to: readonly string[]): Recipient {
  return { name: logName, bucket: null, claimsFirst: false, deliver: ({ event }) => log.append(logLine(event, to)) };
}

/** Few fields and the last ones long, so that it reads well in a terminal; webhooks are told more. */
export function logLine({ id, kind, class: cls, subject, customers, at, text }: AlertEvent, to: readonly string[]) {
  return { id, kind, class: cls, subject, customers, to, at, text };
}

export interface Delivering {
  /** False where the recipient lacks them still, and nothing later may reach it before. `after`: how long it waits for acknowledgements. */
  deliver(items: readonly [Item, ...Item[]], to: Recipient, after: number): Promise<boolean>;
  /** Nobody lacks it any more. */
  heard(item: Item): void;
  report(): Omit<NotifyReport, "jobs">;
}

export interface DeliveringWorld {
  readonly now: Clock;
  readonly baseUrl: string | null;
  readonly marks: Marks;
  readonly buckets: Buckets;
}

/** For one pass: a channel that failed in it isn't waited for again. */
export function createDelivering({ now, baseUrl, marks, buckets }: DeliveringWorld): Delivering {
  const sent: Told[] = [];
  const later: (Told & { why: string })[] = [];
  const dead: (Told & { why: string })[] = [];
  const unheard: string[] = [];
  const down = new Map<string, string>();

  function failed(items: readonly Item[], told: Told, why: string): boolean {
    down.set(told.to, why);
    later.push({ ...told, why });
    for (const item of items) item.failed = true;
    return false;
  }

  async function lost(items: readonly Item[], told: Told, why: string): Promise<boolean> {
    dead.push({ ...told, why });
    await marks.settle(items, told.to, "dead");
    return true;
  }

  /** True where the message may leave; else it is noted when the next one may. */
  async function hasDrop(items: readonly Item[], bucket: string | null): Promise<boolean> {
    const until = bucket === null ? null : await buckets.take(bucket);
    if (until !== null) for (const item of items) pacedUntil(item, until);
    return until === null;
  }

  return {
    async deliver(items, to, after) {
      const draft = draftFor(items, to, after, baseUrl);
      const told = { id: draft.id, subject: draft.subject, to: to.name, traces: tracesOf(items) };
      const isOld = now() - items[0].entry.alert.at > giveUpMs;
      const why = down.get(to.name);
      if (why !== undefined) return isOld ? await lost(items, told, why) : failed(items, told, why);
      if (!(await hasDrop(items, to.bucket))) return false;

      const [first, ...rest] = to.claimsFirst ? await marks.claim(items, to.name) : items;
      if (first === undefined) return true;
      const mine = [first, ...rest] as const;
      const began = now();
      const delivery = await to.deliver(mine.length === items.length ? draft : draftFor(mine, to, after, baseUrl));
      switch (delivery.kind) {
        case "sent":
          if (to.name !== logName) sent.push(told);
          if (!to.claimsFirst) await marks.settle(mine, to.name, "sentTo");
          return true;
        case "never":
          if (mine.length === 1) return await lost(mine, told, delivery.why);
          await marks.setApart(mine, to.name);
          for (const item of mine) pacedUntil(item, now());
          later.push({ ...told, why: delivery.why });
          return false;
        case "later":
          // Whoever claimed it can't know whether it arrived: it isn't tried again.
          if (to.claimsFirst || isOld) return await lost(mine, told, delivery.why);
          if (now() - began >= slowMs) await marks.renew(mine);
          return failed(mine, told, delivery.why);
      }
    },

    heard({ entry, sentTo, dead: unreached }) {
      const reached = [...sentTo].filter((name) => name !== logName && !unreached.has(name));
      if (reached.length === 0 && entry.alert.within === null) unheard.push(entry.alert.id);
    },

    report: () => ({ sent, later, dead, unheard }),
  };
}

/** Worded for this recipient. */
function draftFor(
  items: readonly [Item, ...Item[]],
  { name, key, words }: Recipient,
  after: number,
  baseUrl: string | null,
): Draft {
  const [first, ...rest] = items;
  const alertOf = (item: Item): Alert => {
    const { entry } = item;
    const alert = isUnaware(entry, name, after, key) ? { ...entry.alert, merged: true } : entry.alert;
    return words === undefined ? alert : words(alert, item);
  };
  const alerts = [alertOf(first), ...rest.map(alertOf)] as const;
  const { digest } = first.entry;
  const isOneDigest = digest !== null && items.every(({ entry }) => entry.digest === digest);
  if (isOneDigest) return digest === certificatesDigest ? certificatesOf(alerts, baseUrl) : digestOf(alerts, baseUrl);
  return rest.length > 0 && alerts.every(isOfOne(alerts[0])) ? familyOf(alerts, baseUrl) : collectedOf(alerts, baseUrl);
}

/** They tell the same of servers that one parent tells of. */
function isOfOne({ within, kind, class: cls }: Alert): (other: Alert) => boolean {
  return (other) => within !== null && other.within === within && other.kind === kind && other.class === cls;
}

const mostTraces = 10;

function tracesOf(items: readonly Item[]): readonly string[] {
  return [...new Set(items.flatMap(({ entry }) => entry.alert.trace ?? []))].slice(0, mostTraces);
}
