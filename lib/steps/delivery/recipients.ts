/** Who is told of a message, and by which channel. */

import { isRenewal, isUnaware, isWithin } from "../../judge/merge.ts";
import { type Alert, certificatesDigest, type OutboxEntry } from "../../model/incident.ts";
import type { Channel } from "../../model/ports.ts";
import { wantedContacts } from "../unsubscribe.ts";
import type { NotifyWorld, SecondChannel } from "./world.ts";

export interface Recipients {
  /** Those that this message is for. */
  readonly of: (entry: OutboxEntry) => Promise<readonly SecondChannel[]>;
  /** How long its second contacts wait for an acknowledgement, ms. */
  readonly waits: (entry: OutboxEntry) => Promise<readonly number[]>;
}

/** Reads each customer once. */
export function createRecipients(world: Omit<NotifyWorld, "alertLog" | "baseUrl">): Recipients {
  const { store, operators, secondOperators = [], contactChannels, tellsShared = false } = world;
  const contacts = new Map<string, Promise<readonly SecondChannel[]>>();
  const parents = new Map<string, Promise<string | null>>();

  function contactsOf(customer: string): Promise<readonly SecondChannel[]> {
    const known = contacts.get(customer) ?? readContacts(customer);
    contacts.set(customer, known);
    return known;
  }

  /** All that the parent tells of is this customer's own: its contacts have the parent's message. */
  async function isAllTheirs({ class: cls, within, context: { customer } }: Alert): Promise<boolean> {
    if (within === null) return false;
    const key = `${cls} ${within}`;
    const known =
      parents.get(key) ?? store.state.cause(cls, within).then(({ value }) => value?.context.customer ?? null);
    parents.set(key, known);
    return (await known) === customer;
  }

  async function readContacts(id: string): Promise<readonly SecondChannel[]> {
    const customer = await store.config.customer(id);
    return (await wantedContacts(store, customer?.contacts ?? [])).flatMap((contact) =>
      contactChannels(contact, id).map((channel) => ({ after: contact.after ?? 0, channel })),
    );
  }

  /** Each channel once, the soonest of those that are one and the same. */
  async function everybody({ alert, digest }: OutboxEntry): Promise<readonly SecondChannel[]> {
    const { customer } = alert.context;
    // Operators hear of it by its parent.
    const isShared = alert.within !== null;
    const isTheirs =
      (digest === null || digest === certificatesDigest) && customer !== null && (!isShared || tellsShared);
    const own = isTheirs && !(await isAllTheirs(alert)) ? await contactsOf(customer) : [];
    const theirs = isShared ? [] : [...operators.map((channel) => ({ after: 0, channel })), ...secondOperators];
    const all = [...theirs, ...own];
    const soonest = new Map<string, SecondChannel>();
    for (const each of all.toSorted((a, b) => a.after - b.after)) {
      const { name } = each.channel;
      if (!soonest.has(name) && !isOf(alert, each.channel)) soonest.set(name, each);
    }
    return [...soonest.values()];
  }

  return {
    of: async (entry) =>
      (await everybody(entry)).filter(
        ({ after, channel }) =>
          isWithin(entry.reach, after) && !(isRenewal(entry) && isUnaware(entry, channel.name, after)),
      ),
    waits: async (entry) => (await everybody(entry)).map(({ after }) => after).filter((after) => after > 0),
  };
}

/** That a channel is deaf is never told by that channel. */
function isOf({ class: cls, subject }: OutboxEntry["alert"], { name }: Channel): boolean {
  return cls === "deaf" && subject === name;
}
