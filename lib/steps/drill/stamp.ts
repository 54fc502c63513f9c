/** Notes when each channel told of a drill, and which have to: what the drill's table is made of. Nothing else is noted. */

import type { AlertEvent } from "../../model/alert-event.ts";
import type { Contact } from "../../model/customer.ts";
import { type Drill, type DrillTry, isDrill } from "../../model/drill.ts";
import type { AlertKind } from "../../model/incident.ts";
import type { Channel, Clock, Delivery, Letter } from "../../model/ports.ts";
import type { Store } from "../../store/store.ts";
import { wantedContacts } from "../unsubscribe.ts";
import { changeDrill } from "./document.ts";

interface TellingWorld {
  readonly store: Store;
  readonly now: Clock;
  readonly operators: readonly Channel[];
  readonly contactChannels: (contact: Contact, customer: string) => readonly Channel[];
}

/** The same world with channels that take notes. */
export function withDrillNotes<T extends TellingWorld>(world: T): T {
  const { store, now, operators, contactChannels } = world;

  async function expect({ event }: Letter): Promise<void> {
    const customer = event.customer === null ? undefined : await store.config.customer(event.customer);
    // Second contacts hear of it only where nobody acknowledges it in time.
    const contacts = (await wantedContacts(store, customer?.contacts ?? [])).filter(({ after = 0 }) => after === 0);
    const own = contacts.flatMap((contact) => contactChannels(contact, customer?.id ?? ""));
    const all = [...operators, ...own].map(({ name }) => name);
    await changeDrill(store, (drill) =>
      drill !== null && drill.expected === null && kindsOf(drill, event).length > 0
        ? { ...drill, expected: [...new Set(all)] }
        : null,
    );
  }

  async function note({ event }: Letter, channel: string, delivery: Delivery): Promise<void> {
    const why = delivery.kind === "sent" ? null : delivery.why;
    const tried = { channel, at: now(), result: delivery.kind, why };
    await changeDrill(store, (drill) => {
      const kinds = kindsOf(drill, event);
      if (drill === null || kinds.length === 0) return null;
      return { ...drill, tries: kinds.map((kind): DrillTry => ({ ...tried, kind })).reduce(latest, drill.tries) };
    });
  }

  const noting = (channel: Channel): Channel => ({
    ...channel,
    async deliver(letter) {
      if (drillsIn(letter.event).length === 0) return channel.deliver(letter);
      // What can't be noted is told all the same.
      await expect(letter).catch(() => {});
      const delivery = await channel.deliver(letter);
      await note(letter, channel.name, delivery).catch(() => {});
      return delivery;
    },
  });

  return {
    ...world,
    operators: operators.map(noting),
    contactChannels: (contact: Contact, customer: string) => contactChannels(contact, customer).map(noting),
  };
}

type DrillMessage = Pick<AlertEvent, "subject" | "since"> & { readonly kind: AlertKind };

/** What it tells of drills: alone, or among what came at once. */
function drillsIn({ kind, subject, since, messages = [] }: AlertEvent): readonly DrillMessage[] {
  if (messages.length > 0) return messages.filter(isDrill);
  return kind !== "report" && isDrill({ subject }) ? [{ kind, subject, since }] : [];
}

/** A message of an earlier drill may still be on its way. Both times are of the clock that began the drill. */
function kindsOf(drill: Drill | null, event: AlertEvent): readonly AlertKind[] {
  const own = drillsIn(event).filter(
    ({ subject, since }) => subject === drill?.subject && Date.parse(since) >= drill.startedAt,
  );
  return own.map(({ kind }) => kind);
}

/** Of each channel and message the last try: a document stays small. */
function latest(tries: readonly DrillTry[], tried: DrillTry): readonly DrillTry[] {
  return [...tries.filter(({ channel, kind }) => channel !== tried.channel || kind !== tried.kind), tried];
}
