/** One contact's turn: all that it is to hear now, in order, in as few messages as there are reasons, and in words for its own customers. */

import { isRenewal, isUnaware, isWithin } from "../../judge/merge.ts";
import type { Share } from "../../model/circle.ts";
import type { Alert, Cause, CircleProgress } from "../../model/incident.ts";
import type { Channel } from "../../model/ports.ts";
import { wantedContacts } from "../unsubscribe.ts";
import { sharedFor } from "../words/shared.ts";
import type { Buckets } from "./buckets.ts";
import type { Turn } from "./circles.ts";
import { type Delivering, type Recipient, recipientOf } from "./deliver.ts";
import { type Item, lacks } from "./hand.ts";
import type { NotifyWorld } from "./world.ts";

/** A cause in this sender's hands. */
export interface Hand {
  readonly cause: Cause;
  readonly items: readonly Item[];
  /** Those of the items that its contacts have yet to hear, in their order. */
  readonly going: Going[];
}

/** One message among the contacts, and how far it has come. */
export interface Going {
  readonly item: Item;
  readonly hand: Hand;
  progress: CircleProgress;
}

export interface TurnTeller {
  /** The messages that the contact lacks still. */
  tell(turn: Turn<Going>): Promise<readonly Going[]>;
}

interface TellerTools {
  readonly delivering: Delivering;
  readonly buckets: Buckets;
}

export function createTurnTeller(
  { store, contactChannels }: Pick<NotifyWorld, "store" | "contactChannels">,
  { delivering, buckets }: TellerTools,
): TurnTeller {
  /** Each a message: what one parent tells of, a digest's certificates; one of all where the contact has enough to read. */
  async function groupsOf(heads: readonly Going[], turn: Turn<Going>, channel: Channel) {
    const isApart = ({ item }: Going) => item.entry.alone.includes(channel.name);
    const apart = heads.filter(isApart).map((going) => [going]);
    const rest = heads.filter((going) => !isApart(going));
    // The same ones make the same message, whichever was ready first.
    const groups = [...apart, ...Map.groupBy(rest.toSorted(bySubject), reasonOf).values()];
    const [first] = heads;
    const bucket = first === undefined ? null : recipientFor(first, turn, channel).bucket;
    if (bucket === null || apart.length > 0 || groups.length === 1) return groups;
    return (await buckets.tokens(bucket)) < groups.length ? [[...heads]] : groups;
  }

  async function deliver(group: readonly Going[], turn: Turn<Going>, channel: Channel): Promise<boolean> {
    const [first, ...rest] = group;
    if (first === undefined) return true;
    const items = [first.item, ...rest.map(({ item }) => item)] as const;
    return delivering.deliver(items, recipientFor(first, turn, channel), turn.contact.after ?? 0);
  }

  async function tellBy(channel: Channel, turn: Turn<Going>): Promise<void> {
    const waiting = new Set<Hand>();
    for (;;) {
      const heads = headsOf(turn, channel, waiting);
      if (heads.length === 0) return;
      for (const group of await groupsOf(heads, turn, channel)) {
        if (await deliver(group, turn, channel)) continue;
        for (const { hand } of group) waiting.add(hand);
      }
    }
  }

  return {
    async tell(turn) {
      const [contact = turn.contact] = await wantedContacts(store, [turn.contact]);
      const channels = contactChannels(contact, customerOf(turn));
      for (const channel of channels) await tellBy(channel, turn);
      return [...turn.parts.keys()].filter((going) => channels.some((channel) => !isSettled(going, turn, channel)));
    },
  };
}

/** Of each cause the first message that the contact lacks, unless an earlier one waits. */
function headsOf(turn: Turn<Going>, channel: Channel, waiting: ReadonlySet<Hand>): readonly Going[] {
  const heads = new Map<Hand, Going>();
  for (const going of turn.parts.keys()) {
    const { hand } = going;
    if (waiting.has(hand) || heads.has(hand) || isSettled(going, turn, channel)) continue;
    const before = hand.going.slice(0, hand.going.indexOf(going));
    const isBehind = before.some((one) => !turn.parts.has(one) && isToCome(one.progress, turn.key));
    if (!isBehind) heads.set(hand, going);
  }
  return [...heads.values()];
}

/** It couldn't be reached by that one, or that one waits for others that couldn't. */
function isToCome({ late, upTo, isLast }: CircleProgress, key: string): boolean {
  return late.includes(key) || (!isLast && upTo < key && late.length > 0);
}

function isSettled({ item }: Going, { key, contact: { after = 0 } }: Turn<Going>, { name }: Channel): boolean {
  const { entry } = item;
  if (!isWithin(entry.reach, after) || !lacks(item, name)) return true;
  return isRenewal(entry) && isUnaware(entry, name, after, key);
}

function recipientFor({ item }: Going, turn: Turn<Going>, channel: Channel): Recipient {
  const shares = new Map<Item, readonly Share[]>([...turn.parts].map(([going, own]) => [going.item, own]));
  const words = (alert: Alert, of: Item) => sharedFor(alert, shares.get(of) ?? []);
  return recipientOf(channel, words(item.entry.alert, item), { words, key: turn.key });
}

function bySubject(a: Going, b: Going): number {
  const [one, other] = [a, b].map(({ item }) => item.entry.alert.subject);
  return (one ?? "").localeCompare(other ?? "");
}

function reasonOf({ item: { entry } }: Going): string {
  const { within, kind, class: cls, id, subject } = entry.alert;
  if (entry.digest !== null) return entry.digest;
  return within === null ? `${id} ${cls} ${subject}` : `${cls} ${within} ${kind}`;
}

/** The first of its customers, whose contact it is addressed as. */
function customerOf({ parts }: Turn<Going>): string {
  const named = [...parts.values()].flatMap((shares) => shares.flatMap((share) => share.named));
  return named[0]?.customer ?? "";
}
