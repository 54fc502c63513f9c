/**
 * Once a calendar month, where the operator chose that, a message that is marked as a test to everybody who would be told of
 * trouble: a contact that nobody wrote to for a year may be deaf for as long.
 */

import type { Contact } from "../model/customer.ts";
import type { Channel, Clock } from "../model/ports.ts";
import { dayOf, shardOf } from "../store/keys.ts";
import type { Store } from "../store/store.ts";
import { withEars } from "./deaf.ts";
import type { SecondChannel } from "./delivery/world.ts";
import { wantedContacts } from "./unsubscribe.ts";
import { testDraft } from "./words/test-message.ts";

export interface TestWorld {
  readonly store: Store;
  readonly now: Clock;
  readonly operators: readonly Channel[];
  readonly secondOperators?: readonly SecondChannel[];
  readonly contactChannels: (contact: Contact, customer: string) => readonly Channel[];
  readonly baseUrl: string | null;
}

/** Kept as the document `test`. */
interface Told {
  /** `2026-11`, UTC. */
  readonly month: string;
  /** Nobody goes on before, epoch ms. */
  readonly until: number;
  /** Of the operator's channels, those that were tried. */
  readonly operators: readonly string[];
  /** The last customer whose contacts were tried, in the order of the store. */
  readonly after: string | null;
  readonly done: boolean;
}

const name = "test";
const minute = 60_000;
/** A test wakes nobody: hours of the day, UTC. */
const office = { from: 9, to: 16 };
/** What one pass takes, so that no alarm waits for it; the next one comes a minute later. */
const mostCustomers = 100;
const mostMs = 10_000;
/** A relay that is down gets as long before the next contact's turn. */
const afterFailure = 15 * minute;

/** Names of the channels that took it now. Each is tried once: what a crash swallows isn't told again. */
export async function tellTest(telling: TestWorld): Promise<readonly string[]> {
  const { store, now } = telling;
  if ((await store.config.settings()).notify.test === null) return [];
  const month = dayOf(now()).slice(0, 7);
  const hour = new Date(now()).getUTCHours();
  const { value, version } = await store.state.document<Told>(name);
  const isOver = value?.month === month && (value.done || value.until > now());
  if (isOver || hour < office.from || hour >= office.to) return [];
  const fresh: Told = { month, until: 0, operators: [], after: null, done: false };
  return await createRound(withEars(telling), value?.month === month ? value : fresh, version).tell();
}

function createRound(world: TestWorld, begun: Told, readVersion: number) {
  const { store, now, operators, secondOperators = [], contactChannels, baseUrl } = world;
  const began = now();
  const told: string[] = [];
  let stands = begun;
  let version = readVersion;

  /** False where somebody else was first. */
  async function keep(change: Partial<Told>): Promise<boolean> {
    const next: Told = { ...stands, until: now() + minute, ...change };
    if (!(await store.state.putDocument(name, { value: next, version }))) return false;
    stands = next;
    version += 1;
    return true;
  }

  async function send(channel: Channel, customer: string | null): Promise<boolean> {
    const draft = testDraft(begun.month, now(), customer, baseUrl);
    const delivery = await channel.deliver({ ...draft, to: channel.name });
    if (delivery.kind === "sent") told.push(channel.name);
    return delivery.kind !== "later";
  }

  async function tellOperators(): Promise<boolean> {
    for (const channel of [...operators, ...secondOperators.map((second) => second.channel)]) {
      if (stands.operators.includes(channel.name)) continue;
      if (!(await keep({ operators: [...stands.operators, channel.name] }))) return false;
      await send(channel, null);
    }
    return true;
  }

  async function tellContacts(): Promise<void> {
    let customers = 0;
    for await (const { id, contacts } of store.config.customers()) {
      if (isBehind(id, stands.after)) continue;
      const wanted = await wantedContacts(store, contacts);
      const all = wanted.flatMap((contact) => contactChannels(contact, id));
      const channels = all.filter((channel) => !stands.operators.includes(channel.name));
      if (channels.length === 0) continue;
      if (customers === mostCustomers || now() - began > mostMs) return;
      customers += 1;
      if (!(await keep({ after: id }))) return;
      for (const channel of channels) {
        if (await send(channel, id)) continue;
        await keep({ until: now() + afterFailure });
        return;
      }
    }
    await keep({ done: true });
  }

  return {
    async tell(): Promise<readonly string[]> {
      if (await tellOperators()) await tellContacts();
      return told;
    },
  };
}

/** Customers come shard by shard, in each by the bytes of their ids. */
function isBehind(id: string, after: string | null): boolean {
  if (after === null) return false;
  const order = shardOf(id) - shardOf(after);
  return order < 0 || (order === 0 && Buffer.compare(Buffer.from(id), Buffer.from(after)) <= 0);
}
