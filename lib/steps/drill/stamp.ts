/** Notes when each channel told of a drill, and which have to: what the drill's table is made of. Nothing else is noted. */

import type { Contact } from "../../model/customer.ts";
import type { Drill, DrillTry } from "../../model/drill.ts";
import type { Channel, Clock, Delivery, Letter } from "../../model/ports.ts";
import type { Store } from "../../store/store.ts";
import { changeDrill } from "./document.ts";

interface TellingWorld {
  readonly store: Store;
  readonly now: Clock;
  readonly operators: readonly Channel[];
  readonly contactChannels: (contact: Contact) => readonly Channel[];
}

/** The same world with channels that take notes. */
export function withDrillNotes<T extends TellingWorld>(world: T): T {
  const { store, now, operators, contactChannels } = world;

  async function expect({ event }: Letter): Promise<void> {
    const customer = event.customer === null ? undefined : await store.config.customer(event.customer);
    const all = [...operators, ...(customer?.contacts ?? []).flatMap(contactChannels)].map(({ name }) => name);
    await changeDrill(store, (drill) =>
      isOf(drill, event) && drill.expected === null ? { ...drill, expected: [...new Set(all)] } : null,
    );
  }

  async function note({ event }: Letter, channel: string, delivery: Delivery): Promise<void> {
    const { kind } = event;
    if (kind === "report") return;
    const why = delivery.kind === "sent" ? null : delivery.why;
    const tried: DrillTry = { channel, kind, at: now(), result: delivery.kind, why };
    await changeDrill(store, (drill) => (isOf(drill, event) ? { ...drill, tries: latest(drill, tried) } : null));
  }

  const noting = (channel: Channel): Channel => ({
    ...channel,
    async deliver(letter) {
      if (!letter.event.drill) return channel.deliver(letter);
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
    contactChannels: (contact: Contact) => contactChannels(contact).map(noting),
  };
}

/** A message of an earlier drill may still be on its way. */
function isOf(drill: Drill | null, { subject, at }: Letter["event"]): drill is Drill {
  return drill?.subject === subject && Date.parse(at) >= drill.startedAt;
}

/** Of each channel and message the last try: a document stays small. */
function latest({ tries }: Drill, tried: DrillTry): readonly DrillTry[] {
  return [...tries.filter(({ channel, kind }) => channel !== tried.channel || kind !== tried.kind), tried];
}
