/**
 * Empties the outboxes. A message is marked for each recipient as soon as the recipient has it, so that a crash repeats
 * it to one at most; who can't be reached now holds up only its own later messages, who never can holds up nobody.
 */

import type { CoverOf } from "../judge/cover.ts";
import type { AlertEvent } from "../model/alert-event.ts";
import type { Contact } from "../model/customer.ts";
import type { Alert, Cause, OutboxEntry } from "../model/incident.ts";
import type { AlertLog, Channel, Clock, Delivery } from "../model/ports.ts";
import type { Store, Versioned } from "../store/store.ts";
import { changeCause } from "./change-cause.ts";
import { coversNow } from "./covers.ts";
import { giveUpMs, isDue, isLeased, leased, released, renewed, settled } from "./outbox.ts";
import { withheld } from "./withhold.ts";
import { digestOf } from "./words/digest.ts";

export interface NotifyWorld {
  readonly store: Store;
  readonly now: Clock;
  /** Told of everything. */
  readonly operators: readonly Channel[];
  /** How one contact of a customer is reached; none where this installation can't. */
  readonly contactChannels: (contact: Contact) => readonly Channel[];
  readonly alertLog: AlertLog | null;
  /** Where people reach the pages, without a trailing slash; null where they can't. */
  readonly baseUrl: string | null;
}

interface Told {
  readonly id: string;
  readonly subject: string;
  readonly to: string;
}

export interface NotifyReport {
  readonly sent: readonly Told[];
  readonly later: readonly (Told & { readonly why: string })[];
  /** Will never arrive: kept with the alert in the ledger too. */
  readonly dead: readonly (Told & { readonly why: string })[];
}

/** A try that took longer has eaten into the lease. */
const slowMs = 5_000;

/** The alert log counts as one more recipient, the last one. */
const logName = "alert-log";

/** One message of one cause, in hand. `sentTo` and `dead` grow while it is sent. */
interface Item {
  readonly cause: Cause;
  readonly entry: OutboxEntry;
  readonly sentTo: Set<string>;
  readonly dead: Set<string>;
}

/** Sends what is due now. Run twice at once it sends nothing twice: a cause is leased before it is told. */
export async function notify(world: NotifyWorld): Promise<NotifyReport> {
  const owing = (await world.store.state.dueCauses(world.now())).filter(({ value }) => owes(value, world.now()));
  if (owing.length === 0) return { sent: [], later: [], dead: [] };
  const sender = createSender(world, await coversNow(world.store));
  const digests = Map.groupBy(owing, ({ value }) => dueDigest(value, world.now()));
  for (const [digest, causes] of digests) {
    if (digest !== null) await sender.sendDigest(digest, causes);
  }
  for (const cause of digests.get(null) ?? []) await sender.sendCause(cause);
  return sender.report;
}

function owes(cause: Cause, now: number): boolean {
  return !isLeased(cause, now) && cause.outbox.some((entry) => isDue(entry, now));
}

function dueDigest({ outbox }: Cause, now: number): string | null {
  const [head] = outbox;
  return head !== undefined && isDue(head, now) ? head.digest : null;
}

function createSender({ store, now, operators, contactChannels, alertLog, baseUrl }: NotifyWorld, coverOf: CoverOf) {
  const sent: Told[] = [];
  const later: (Told & { why: string })[] = [];
  const dead: (Told & { why: string })[] = [];
  /** Channels that failed in this pass aren't waited for again. */
  const down = new Map<string, string>();

  async function lease(found: Versioned<Cause>): Promise<Cause | null> {
    const open = await uncovered(found);
    if (open === null) return null;
    const take = (cause: Cause | null) => cause && leased(cause, now());
    return await changeCause(store, found.value.class, found.value.subject, take, open);
  }

  /** What is left to tell now; null: nothing, or somebody wrote the cause meanwhile, and the next pass looks again. */
  async function uncovered(found: Versioned<Cause>): Promise<Versioned<Cause> | null> {
    const at = now();
    const changed = withheld(found.value, coverOf(found.value, at), at);
    if (changed === null) return found;
    // The record knows of it before the outbox forgets it.
    for (const { alert } of changed.held) await store.ledger.putRecord({ kind: "held", at, alert });
    for (const { alert } of changed.untold) await store.ledger.putRecord({ kind: "untold", at, alert });
    if (!(await store.state.putCause({ value: changed.cause, version: found.version }))) return null;
    return owes(changed.cause, at) ? { value: changed.cause, version: found.version + 1 } : null;
  }

  async function sendCause(found: Versioned<Cause>): Promise<void> {
    const cause = await lease(found);
    if (cause === null) return;
    const blocked = new Set<string>();
    const done = new Set<string>();
    const again = new Set<string>();
    for (const entry of cause.outbox) {
      const item = itemOf(cause, entry);
      const recipients = await recipientsOf(entry);
      if (!isDue(entry, now())) {
        for (const name of lacking(item, recipients)) blocked.add(name);
        continue;
      }
      await deliver([item], recipients, blocked);
      if (await finished(item, recipients)) done.add(entry.alert.id);
      else again.add(entry.alert.id);
    }
    await letGo(cause, done, again);
  }

  async function sendDigest(digest: string, found: readonly Versioned<Cause>[]): Promise<void> {
    const items: Item[] = [];
    for (const each of found) {
      const cause = await lease(each);
      const head = cause?.outbox[0];
      if (cause && head?.digest === digest) items.push(itemOf(cause, head));
      else if (cause) await letGo(cause, new Set(), new Set());
    }
    await deliver(items, operators, new Set());
    for (const item of items) {
      const id = new Set([item.entry.alert.id]);
      const isDone = await finished(item, operators);
      await letGo(item.cause, isDone ? id : new Set(), isDone ? new Set() : id);
    }
  }

  async function recipientsOf({ alert, digest }: OutboxEntry): Promise<readonly Channel[]> {
    const id = alert.context.customer;
    if (digest !== null || id === null) return operators;
    const contacts = (await store.config.customer(id))?.contacts ?? [];
    const known = new Set(operators.map(({ name }) => name));
    return [
      ...operators,
      ...contacts.flatMap(contactChannels).filter(({ name }) => !known.has(name) && known.add(name)),
    ];
  }

  /** To each recipient one message of all the items that it lacks; then one line to the log. */
  async function deliver(items: readonly Item[], recipients: readonly Channel[], blocked: Set<string>): Promise<void> {
    for (const channel of recipients) {
      const due = items.filter((item) => lacks(item, channel.name));
      await tell(due, channel.name, blocked, (draft) => channel.deliver({ ...draft, to: channel.name }));
    }
    if (alertLog === null) return;
    const unlogged = items.filter((item) => lacks(item, logName));
    const to = recipients.map(({ name }) => name).filter((name) => !unlogged.every((item) => item.dead.has(name)));
    await tell(unlogged, logName, blocked, ({ event }) => alertLog.append(logLine(event, to)));
  }

  async function tell(
    items: readonly Item[],
    to: string,
    blocked: Set<string>,
    deliverTo: (draft: ReturnType<typeof digestOf>) => Promise<Delivery>,
  ): Promise<void> {
    const [first, ...rest] = items.map(({ entry }) => entry.alert);
    if (first === undefined || blocked.has(to)) return;
    const draft = digestOf([first, ...rest], baseUrl);
    const told = { id: draft.id, subject: draft.subject, to };
    const began = now();
    const delivery = await attempt(first, to, () => deliverTo(draft));
    switch (delivery.kind) {
      case "sent":
        if (to !== logName) sent.push(told);
        return await settle(items, to, "sentTo");
      case "never":
        dead.push({ ...told, why: delivery.why });
        return await settle(items, to, "dead");
      case "later":
        down.set(to, delivery.why);
        blocked.add(to);
        later.push({ ...told, why: delivery.why });
        if (now() - began >= slowMs) await renew(items);
    }
  }

  /** Several channels that time out one after the other outlast a lease: then a second sender would tell the others again. */
  async function renew(items: readonly Item[]): Promise<void> {
    for (const { cause, entry } of items) {
      await changeCause(store, cause.class, cause.subject, (stands) =>
        stands?.outbox.some(({ alert }) => alert.id === entry.alert.id) ? renewed(stands, now()) : null,
      );
    }
  }

  async function attempt({ at }: Alert, to: string, deliverTo: () => Promise<Delivery>): Promise<Delivery> {
    const why = down.get(to);
    const delivery: Delivery = why === undefined ? await deliverTo() : { kind: "later", why };
    return delivery.kind === "later" && now() - at > giveUpMs ? { kind: "never", why: delivery.why } : delivery;
  }

  async function settle(items: readonly Item[], to: string, end: "sentTo" | "dead"): Promise<void> {
    for (const item of items) {
      item[end].add(to);
      const { id } = item.entry.alert;
      await changeCause(store, item.cause.class, item.cause.subject, (cause) =>
        cause?.outbox.some(({ alert }) => alert.id === id) ? settled(cause, id, to, end, now()) : null,
      );
    }
  }

  /** True when nobody lacks it any more; the ledger knows it then, before the outbox forgets it. */
  async function finished(item: Item, recipients: readonly Channel[]): Promise<boolean> {
    if (lacking(item, recipients).length > 0) return false;
    const reached = [...item.sentTo].filter((name) => name !== logName);
    const unreached = [...item.dead].filter((name) => name !== logName).map((name) => `${name} (undeliverable)`);
    await store.ledger.putRecord({ kind: "told", at: now(), alert: item.entry.alert, to: [...reached, ...unreached] });
    return true;
  }

  function lacking(item: Item, recipients: readonly Channel[]): readonly string[] {
    const names = recipients.map(({ name }) => name);
    return (alertLog === null ? names : [...names, logName]).filter((name) => lacks(item, name));
  }

  async function letGo({ class: cls, subject }: Cause, done: ReadonlySet<string>, again: ReadonlySet<string>) {
    await changeCause(store, cls, subject, (cause) => cause && released(cause, done, again, now()));
  }

  return { sendCause, sendDigest, report: { sent, later, dead } satisfies NotifyReport };
}

function itemOf(cause: Cause, entry: OutboxEntry): Item {
  return { cause, entry, sentTo: new Set(entry.sentTo), dead: new Set(entry.dead) };
}

function lacks({ sentTo, dead }: Item, name: string): boolean {
  return !sentTo.has(name) && !dead.has(name);
}

/** Few fields and the last ones long, so that it reads well in a terminal; webhooks are told more. */
function logLine({ id, kind, class: cls, subject, customers, at, text }: AlertEvent, to: readonly string[]) {
  return { id, kind, class: cls, subject, customers, to, at, text };
}
