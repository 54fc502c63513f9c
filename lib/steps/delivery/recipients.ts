/** Who is told of a message, and by which channel. */

import { isRenewal, isUnaware, isWithin } from "../../judge/merge.ts";
import type { Contact } from "../../model/customer.ts";
import { type Alert, certificatesDigest, type OutboxEntry } from "../../model/incident.ts";
import type { Channel } from "../../model/ports.ts";
import { wantedContacts } from "../unsubscribe.ts";
import { stillSo } from "../words/shared.ts";
import { type Circles, createCircles } from "./circles.ts";
import { createSources } from "./sources.ts";
import type { NotifyWorld, SecondChannel } from "./world.ts";

export interface Recipients {
  /** Those that this message is for. */
  readonly of: (entry: OutboxEntry) => Promise<readonly SecondChannel[]>;
  /** How long its second contacts wait for an acknowledgement, ms. */
  readonly waits: (entry: OutboxEntry) => Promise<readonly number[]>;
  /** Beside them, contacts of all who share its subject. */
  readonly circles: Circles;
}

/** Reads each customer once. */
export function createRecipients(world: Omit<NotifyWorld, "alertLog" | "baseUrl">): Recipients {
  const { store, operators, secondOperators = [], contactChannels, tellsShared = false, grouping } = world;
  const contacts = new Map<string, Promise<readonly Contact[]>>();
  const parents = new Map<string, Promise<string | null>>();

  function contactsOf(customer: string): Promise<readonly Contact[]> {
    const known = contacts.get(customer) ?? readContacts(customer);
    contacts.set(customer, known);
    return known;
  }

  /** All that the parent tells of is this customer's own: its contacts have the parent's message. */
  async function isAllTheirs({ class: cls, within, outlasted, context: { customer } }: Alert): Promise<boolean> {
    const parent = within ?? outlasted;
    if (parent === undefined || customer === null) return false;
    const key = `${cls} ${parent}`;
    const known =
      parents.get(key) ?? store.state.cause(cls, parent).then(({ value }) => value?.context.customer ?? null);
    parents.set(key, known);
    return (await known) === customer;
  }

  async function readContacts(id: string): Promise<readonly Contact[]> {
    return wantedContacts(store, (await store.config.customer(id))?.contacts ?? []);
  }

  /** Of the one customer that stands behind it alone; what others share is told by its circle. */
  async function ownOf({ alert, digest }: OutboxEntry): Promise<readonly SecondChannel[]> {
    const { customer } = alert.context;
    const isTold = digest === null || digest === certificatesDigest;
    if (customer === null || alert.within !== null || alert.unannounced || !isTold) return [];
    if (await circles.isOthers(alert)) return [];
    const knows = alert.outlasted !== undefined && (tellsShared || (await isAllTheirs(alert)));
    const about = knows ? { words: stillSo } : {};
    return (await contactsOf(customer)).flatMap((contact) =>
      contactChannels(contact, customer).map((channel) => ({ after: contact.after ?? 0, channel, ...about })),
    );
  }

  /** Each channel once, the soonest of those that are one and the same. */
  async function everybody(entry: OutboxEntry): Promise<readonly SecondChannel[]> {
    const { alert } = entry;
    // Operators hear of it by its parent.
    const isShared = alert.within !== null;
    const theirs = isShared ? [] : [...operators.map((channel) => ({ after: 0, channel })), ...secondOperators];
    const all = [...theirs, ...(await ownOf(entry))];
    const soonest = new Map<string, SecondChannel>();
    for (const each of all.toSorted((a, b) => a.after - b.after)) {
      const { name } = each.channel;
      if (!soonest.has(name) && !isOf(alert, each.channel)) soonest.set(name, each);
    }
    return [...soonest.values()];
  }

  const sources = createSources({ state: store.state, contactsOf });
  const circles = createCircles({ sources, tellsShared, grouping, isAllTheirs });

  return {
    of: async (entry) =>
      (await everybody(entry)).filter(
        ({ after, channel }) =>
          isWithin(entry.reach, after) && !(isRenewal(entry) && isUnaware(entry, channel.name, after)),
      ),
    waits: async (entry) => {
      const own = (await everybody(entry)).map(({ after }) => after).filter((after) => after > 0);
      return [...own, ...(await circles.waits(entry))];
    },
    circles,
  };
}

/** That a channel is deaf is never told by that channel. */
function isOf({ class: cls, subject }: OutboxEntry["alert"], { name }: Channel): boolean {
  return cls === "deaf" && subject === name;
}
