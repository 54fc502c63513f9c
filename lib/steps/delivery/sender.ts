/**
 * Tells. A message is marked for each recipient as soon as the recipient has it, so that a crash repeats it to one at most;
 * who can't be reached now holds up only its own later messages, who never can holds up nobody.
 */

import type { Cause } from "../../model/incident.ts";
import type { Versioned } from "../../store/store.ts";
import { isDue, logName } from "../outbox.ts";
import { type Delivering, logRecipient, type Recipient, recipientOf } from "./deliver.ts";
import { type Item, itemOf, lacks, pacedUntil } from "./hand.ts";
import type { Marks } from "./marks.ts";
import type { Recipients } from "./recipients.ts";
import type { Ways } from "./ways.ts";
import type { NotifyWorld, SecondChannel } from "./world.ts";

export interface SenderTools {
  readonly marks: Marks;
  readonly recipients: Recipients;
  readonly ways: Ways;
  readonly delivering: Delivering;
}

export interface Sender {
  /** All that a cause owes now, each message alone. */
  sendCause(found: Versioned<Cause>): Promise<void>;
  /** The heads of these causes, which belong to one digest of this name, as one message. */
  sendDigest(digest: string, found: readonly Versioned<Cause>[]): Promise<void>;
  /** What would be too many messages for a recipient, as one. */
  sendTogether(found: readonly Versioned<Cause>[]): Promise<void>;
}

/** A message that took longer may have overtaken what it says. */
const slowMs = 5_000;

/** A cause in hand, and who isn't told any more of it in this pass: what comes later must not overtake what waits. */
interface Hand {
  readonly cause: Cause;
  readonly items: readonly Item[];
  readonly blocked: Set<string>;
  /** Epoch ms when its cause was seen to be as it is in hand. */
  seenAt: number;
  /** Meanwhile it has changed: the rest isn't told before that was looked at. */
  isStale: boolean;
}

/** What one recipient gets as one message. */
interface Collected {
  readonly to: Recipient;
  readonly after: number;
  readonly items: Item[];
}

export function createSender({ now, alertLog }: NotifyWorld, tools: SenderTools): Sender {
  const { marks, recipients, ways, delivering } = tools;
  const { circles } = recipients;

  async function take(found: Versioned<Cause>): Promise<Hand | null> {
    const cause = await marks.take(found);
    if (cause === null) return null;
    const items = cause.outbox.map((entry) => itemOf(cause, entry));
    return { cause, items, blocked: new Set(), seenAt: now(), isStale: false };
  }

  async function lacking(item: Item): Promise<readonly string[]> {
    const names = (await recipients.of(item.entry)).map(({ channel }) => channel.name);
    return (isLogged(item, names) ? [...names, logName] : names).filter((name) => lacks(item, name));
  }

  /** What its parent tells of, and nobody is told of apart, is no message. */
  function isLogged({ entry }: Item, names: readonly string[]): boolean {
    return alertLog !== null && (entry.alert.within === null || names.length > 0);
  }

  /** What everybody has leaves the outbox. */
  async function letGo({ cause, items }: Hand): Promise<void> {
    const done: Item[] = [];
    const waits: number[] = [];
    for (const item of items.filter(({ entry }) => isDue(entry, now()))) {
      if (await circles.isPending(item.entry)) {
        item.goesOn = true;
        pacedUntil(item, Math.max(now(), circles.ripeAt(item.entry)));
      } else if ((await lacking(item)).length === 0) done.push(item);
      waits.push(...(await recipients.waits(item.entry)));
    }
    for (const item of done) delivering.heard(item);
    await marks.letGo(cause, items, done, waits);
  }

  /** A channel may take most of a minute, in which the server may have been seen well. */
  async function mayGoOn(hand: Hand): Promise<boolean> {
    if (!hand.isStale && now() - hand.seenAt >= slowMs) {
      hand.seenAt = now();
      hand.isStale = !(await marks.stillHolds(hand.cause));
    }
    return !hand.isStale;
  }

  /** Whether the item goes to this channel now, alone. What waits for others or for the next drop is noted. */
  function isItsTurn(item: Item, channel: SecondChannel["channel"]): boolean {
    const { alert } = item.entry;
    const way = ways.of(alert, channel);
    if (way === "alone") return true;
    pacedUntil(item, way === "together" ? now() : ways.until(alert, channel));
    return false;
  }

  /** Those who lack it still couldn't be reached a moment ago, or have to wait for the next drop. */
  async function putOff(item: Item): Promise<void> {
    for (const { channel } of await recipients.of(item.entry)) {
      if (lacks(item, channel.name) && ways.of(item.entry.alert, channel) === "later") isItsTurn(item, channel);
    }
    if (item.pacedUntil === null && (await lacking(item)).length > 0) item.failed = true;
  }

  /** One message of all the items that the recipient lacks, and that nothing before them waits for. */
  async function tell(hands: ReadonlyMap<Item, Hand>, items: readonly Item[], to: Recipient, after: number) {
    const due = items.filter((item) => lacks(item, to.name) && !hands.get(item)?.blocked.has(to.name));
    const isApart = ({ entry }: Item) => entry.alone.includes(to.name);
    const messages = [...due.filter(isApart).map((item) => [item]), due.filter((item) => !isApart(item))];
    for (const [first, ...rest] of messages) {
      if (first === undefined || (await delivering.deliver([first, ...rest], to, after))) continue;
      for (const item of [first, ...rest]) hands.get(item)?.blocked.add(to.name);
    }
  }

  /** By the bucket that each is taken from. Whoever waits for a message of a cause gets none that came after it. */
  async function digestsOf(all: readonly Hand[]): Promise<ReadonlyMap<string | null, Collected>> {
    const digests = new Map<string | null, Collected>();
    for (const { items, blocked } of all) {
      const waiting = new Set(blocked);
      for (const item of items) {
        for (const { channel, after, words } of await recipients.of(item.entry)) {
          if (!lacks(item, channel.name) || waiting.has(channel.name)) continue;
          if (!isDue(item.entry, now()) || ways.of(item.entry.alert, channel) !== "together") {
            waiting.add(channel.name);
            continue;
          }
          const to = recipientOf(channel, item.entry.alert, { words });
          const digest = digests.get(to.bucket) ?? { to, after, items: [] };
          digests.set(to.bucket, digest);
          digest.items.push(item);
        }
      }
    }
    return digests;
  }

  async function tellLog(hands: ReadonlyMap<Item, Hand>, items: readonly Item[]): Promise<void> {
    if (alertLog === null) return;
    const unlogged: Item[] = [];
    const names = new Set<string>();
    for (const item of items.filter((each) => lacks(each, logName))) {
      const own = (await recipients.of(item.entry)).map(({ channel }) => channel.name);
      if (!isLogged(item, own)) continue;
      unlogged.push(item);
      for (const name of own) if (!item.dead.has(name)) names.add(name);
    }
    await tell(hands, unlogged, logRecipient(alertLog, [...names]), 0);
  }

  return {
    async sendCause(found) {
      const hand = await take(found);
      if (hand === null) return;
      const hands = new Map(hand.items.map((item) => [item, hand]));
      for (const item of hand.items) {
        if (!isDue(item.entry, now())) {
          for (const name of await lacking(item)) hand.blocked.add(name);
          continue;
        }
        for (const { channel, after, words } of await recipients.of(item.entry)) {
          if (!lacks(item, channel.name) || hand.blocked.has(channel.name)) continue;
          if (!(await mayGoOn(hand))) pacedUntil(item, now());
          if (hand.isStale || !isItsTurn(item, channel)) hand.blocked.add(channel.name);
          else await tell(hands, [item], recipientOf(channel, item.entry.alert, { words }), after);
        }
        await tellLog(hands, [item]);
      }
      await letGo(hand);
    },

    async sendDigest(digest, found) {
      const hands = new Map<Item, Hand>();
      for (const each of found) {
        const hand = await take(each);
        const head = hand?.items[0];
        if (hand && head?.entry.digest === digest) hands.set(head, hand);
        else if (hand) await letGo(hand);
      }
      const items = [...hands.keys()];
      const [first] = items;
      if (first === undefined) return;
      for (const { channel, after } of await recipients.of(first.entry)) {
        const alone: Item[] = [];
        for (const [item, hand] of hands) {
          if (!lacks(item, channel.name)) continue;
          if (!(await mayGoOn(hand))) pacedUntil(item, now());
          else if (isItsTurn(item, channel)) alone.push(item);
        }
        await tell(hands, alone, recipientOf(channel, first.entry.alert), after);
      }
      await tellLog(hands, items);
      for (const hand of hands.values()) await letGo(hand);
    },

    async sendTogether(found) {
      const hands = new Map<Item, Hand>();
      const all: Hand[] = [];
      for (const each of found) {
        const hand = await take(each);
        if (hand === null) continue;
        all.push(hand);
        for (const item of hand.items) if (isDue(item.entry, now())) hands.set(item, hand);
      }
      for (const { to, after, items } of (await digestsOf(all)).values()) await tell(hands, items, to, after);
      for (const item of hands.keys()) await putOff(item);
      for (const hand of all) await letGo(hand);
    },
  };
}
