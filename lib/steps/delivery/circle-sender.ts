/**
 * Tells the contacts of all who share a subject, one after the other, each of everything that concerns it now. How far it
 * has come stands in the outbox: a crash repeats it to one contact at most, and the next pass goes on.
 */

import type { Cause, CircleProgress } from "../../model/incident.ts";
import { isDue, isLeased, isOwing, logName } from "../outbox.ts";
import { draftOf } from "../words/letter.ts";
import { fresh, type Turn } from "./circles.ts";
import { logLine } from "./deliver.ts";
import { type Item, itemOf, lacks, pacedUntil } from "./hand.ts";
import type { Marks } from "./marks.ts";
import type { Recipients } from "./recipients.ts";
import type { Going, Hand, TurnTeller } from "./turns.ts";
import type { NotifyWorld } from "./world.ts";

export const rounds = {
  /** Contacts between two notes of how far it has come. */
  contacts: 50,
  /** In one pass, so that others get their turn. */
  most: 20,
  mostMs: 30_000,
  /** Causes of one pass. */
  mostCauses: 200,
  /** Whoever can't be reached holds up nobody else, unless there are so many of them that it is no accident. */
  mostLate: 100,
} as const;
/** A message that took longer may have overtaken what it says. */
const slowMs = 5_000;

interface CircleTools {
  readonly marks: Marks;
  readonly recipients: Recipients;
  readonly teller: TurnTeller;
}

export interface CircleSender {
  /** What these causes owe to the contacts of those who share them, as far as one pass goes. */
  send(causes: readonly Cause[]): Promise<void>;
}

export function createCircleSender(
  { store, now, alertLog, baseUrl }: NotifyWorld,
  { marks, recipients, teller }: CircleTools,
): CircleSender {
  const { circles } = recipients;

  async function take({ class: cls, subject }: Cause): Promise<Hand | null> {
    const { value, version } = await store.state.cause(cls, subject);
    const cause = value && (await marks.take({ value, version }));
    if (cause === null) return null;
    const hand: Hand = { cause, items: cause.outbox.map((entry) => itemOf(cause, entry)), going: [] };
    for (const item of hand.items) {
      const { entry } = item;
      if (!(await circles.isPending(entry))) continue;
      // What comes behind it must not overtake it.
      if (!isDue(entry, now()) || circles.ripeAt(entry) > now()) break;
      hand.going.push({ item, hand, progress: entry.circle ?? fresh });
    }
    return hand;
  }

  /** False for ever once a cause has changed while it was told, so that what may leave has to be asked anew; or others wait. */
  function watch(hands: readonly Hand[]): () => Promise<boolean> {
    const until = now() + rounds.mostMs;
    let seenAt = now();
    let goesOn = true;
    return async () => {
      if (goesOn && now() - seenAt >= slowMs) {
        seenAt = now();
        for (const { cause } of hands) goesOn &&= await marks.stillHolds(cause);
        goesOn &&= !(await isAnyWaiting());
      }
      return goesOn && now() < until;
    };
  }

  /** A message that has just come to be owed goes first: it may be another loss. Those in hand here are leased. */
  async function isAnyWaiting(): Promise<boolean> {
    const due = await store.state.dueCauses(now());
    return due.some(({ value }) => !isLeased(value, now()) && isOwing(value, now()));
  }

  /** Up to which key they had their turn, and whom each message didn't reach. */
  async function tellAll(turns: readonly Turn<Going>[], mayGoOn: () => Promise<boolean>) {
    const missed = new Map<Going, string[]>();
    let upTo: string | null = null;
    for (const turn of turns) {
      if (!(await mayGoOn())) return { missed, upTo, isCut: true };
      for (const going of await teller.tell(turn)) missed.set(going, [...(missed.get(going) ?? []), turn.key]);
      upTo = turn.key;
    }
    return { missed, upTo, isCut: false };
  }

  /** Notes what became of a round; the names of those who were reached aren't needed any more. */
  async function close(going: Going, progress: CircleProgress): Promise<void> {
    const { item } = going;
    const { alert } = item.entry;
    const own = new Set([logName, ...(await recipients.of(item.entry)).map(({ channel }) => channel.name)]);
    const dead = [...item.dead].filter((name) => !own.has(name));
    const reached = [...item.sentTo].filter((name) => !own.has(name) && !item.dead.has(name));
    const to = [...reached, ...dead.map((name) => `${name} (undeliverable)`)];
    if (to.length > 0) {
      const { id, class: cls, subject, at: owed } = alert;
      await store.ledger.putRecord({ kind: "told-contacts", at: now(), id, owed, class: cls, subject, to });
      await alertLog?.append(logLine(draftOf(alert, baseUrl).event, to));
    }
    going.progress = reached.length === 0 ? progress : { ...progress, isUnheard: false };
    await marks.circled(item, going.progress, new Set([...item.sentTo, ...item.dead].filter((name) => !own.has(name))));
    for (const name of [...reached, ...dead]) {
      item.sentTo.delete(name);
      item.dead.delete(name);
    }
  }

  async function tellLate(going: readonly Going[], mayGoOn: () => Promise<boolean>): Promise<void> {
    const late = going.filter(({ progress }) => progress.late.length > 0);
    if (late.length === 0) return;
    const turns = await circles.late(late.map(messageOf));
    const { missed, upTo } = await tellAll(turns, mayGoOn);
    for (const each of late) {
      const own = turns.filter(({ parts }) => parts.has(each)).map(({ key }) => key);
      const left = own.filter((key) => upTo === null || key > upTo || missed.get(each)?.includes(key));
      await close(each, { ...each.progress, late: left });
    }
  }

  /** False where nobody else has a turn in this pass. */
  async function tellNext(going: readonly Going[], mayGoOn: () => Promise<boolean>): Promise<boolean> {
    const open = going.filter(({ progress }) => !progress.isLast && progress.late.length < rounds.mostLate);
    if (open.length === 0) return false;
    const { turns, progress } = await circles.next(open.map(messageOf), rounds.contacts);
    const { missed, upTo, isCut } = await tellAll(turns, mayGoOn);
    if (isCut && upTo === null) return false;
    for (const each of open) {
      const before = each.progress;
      const late = [...before.late, ...(missed.get(each) ?? [])];
      const reached = isCut && upTo !== null ? cutAt(before, upTo) : { ...before, ...progress.get(each) };
      await close(each, { ...reached, late });
    }
    return !isCut;
  }

  async function letGo(hand: Hand): Promise<void> {
    const done: Item[] = [];
    const waits: number[] = [];
    for (const { item, progress } of hand.going) {
      const names = (await recipients.of(item.entry)).map(({ channel }) => channel.name);
      const isLacking = names.some((name) => lacks(item, name));
      if (!progress.isLast) pacedUntil(item, now());
      else if (progress.late.length === 0 && !isLacking) done.push(item);
      else if (isLacking || item.pacedUntil === null) item.failed = true;
      waits.push(...(await recipients.waits(item.entry)));
    }
    await marks.letGo(hand.cause, hand.items, done, waits);
  }

  return {
    async send(causes) {
      const hands: Hand[] = [];
      for (const cause of causes.slice(0, rounds.mostCauses)) {
        const hand = await take(cause);
        if (hand !== null) hands.push(hand);
      }
      const going = hands.flatMap((hand) => hand.going);
      const mayGoOn = watch(hands);
      await tellLate(going, mayGoOn);
      for (let number = 0; number < rounds.most; number++) if (!(await tellNext(going, mayGoOn))) break;
      for (const hand of hands) await letGo(hand);
    },
  };
}

function messageOf(going: Going) {
  return { of: going, alert: going.item.entry.alert, progress: going.progress };
}

function cutAt(before: CircleProgress, upTo: string): CircleProgress {
  return upTo > before.upTo ? { ...before, upTo } : before;
}
