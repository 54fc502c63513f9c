/** Channels that messages don't reach: an incident of the operator's own, from the first refusal for good to the next message taken. */

import { advance } from "../judge/incident.ts";
import type { Contact } from "../model/customer.ts";
import type { Finding } from "../model/finding.ts";
import type { Cause, CauseContext, Vote } from "../model/incident.ts";
import { defaultPolicy } from "../model/policy.ts";
import type { Channel, Clock, Delivery, Letter } from "../model/ports.ts";
import type { Store, Versioned } from "../store/store.ts";
import { changeCause } from "./change-cause.ts";
import type { SecondChannel } from "./delivery/world.ts";
import { giveUpMs } from "./outbox.ts";

/** Who says it, where vantages say what servers are like. */
const witness = "delivery";

/** What is known of one channel, or of whoever listens behind it. */
export interface Hearing {
  /** Its name, as messages list those who were told. */
  readonly channel: string;
  /** Null: it is reached. */
  readonly trouble: Pick<Finding, "code" | "evidence" | "advice"> | null;
}

/** Opens, keeps up or ends the channel's incident. What is known already costs one read and no write. */
export async function hear(store: Store, { channel, trouble }: Hearing, now: number): Promise<void> {
  const found = await store.state.cause("deaf", channel);
  const isOpen = found.value?.state === "open";
  // While it is recovering the clock ends it: further good answers say nothing new.
  if (isOpen === (trouble !== null)) return;
  const { policy } = await store.config.settings();
  const answer = trouble === null ? "good" : "bad";
  const vote: Vote = { at: now, cycle: 0, round: 0, vantage: witness, answer };
  await changeCause(
    store,
    "deaf",
    channel,
    (cause) => {
      const context = trouble === null && cause !== null ? cause.context : contextOf(channel, trouble);
      const event = { kind: "vote", class: "deaf", subject: channel, vote, context } as const;
      const all = { ...event, sighted: [witness], blinded: [], held: false, firstLook: null };
      const step = advance(cause, all, { ...defaultPolicy, ...policy }, now);
      return step.cause === cause ? null : step.cause;
    },
    found,
  );
}

/** Whether a channel that is gone since then is so on purpose: somebody acknowledged its incident, which ends by that. */
export async function isDismissed(store: Store, channel: string, since: number, now: number): Promise<boolean> {
  const { value, version } = await store.state.cause("deaf", channel);
  if (value === null || value.incident === null) return false;
  const { incident } = value;
  if (incident.endedAt !== null) return incident.ended === "gone" && incident.endedAt >= since;
  if (incident.acknowledged === null) return false;
  await drop(store, { value, version }, now);
  return true;
}

/** Kinds of channels that the customers file names; the others end by other means. */
const named = /^(smtp|sms|webhook|slack|teams|pagerduty):/;

/** Who isn't written to any more isn't deaf: `used` are the names of all channels that the customers file knows. */
export async function endUnused(store: Store, used: ReadonlySet<string>, now: number): Promise<void> {
  for (const found of await store.state.activeCauses()) {
    const { class: cls, subject } = found.value;
    if (cls === "deaf" && named.test(subject) && !used.has(subject)) await drop(store, found, now);
  }
}

async function drop(store: Store, found: Versioned<Cause>, now: number): Promise<void> {
  const { policy } = await store.config.settings();
  const end = (cause: Cause | null) =>
    cause === null ? null : advance(cause, { kind: "gone" }, { ...defaultPolicy, ...policy }, now).cause;
  await changeCause(store, "deaf", found.value.subject, end, found);
}

interface TellingWorld {
  readonly store: Store;
  readonly now: Clock;
  readonly operators: readonly Channel[];
  readonly secondOperators?: readonly SecondChannel[];
  readonly contactChannels: (contact: Contact, customer: string) => readonly Channel[];
}

/**
 * The same world, for one pass, with channels that tell whether they are heard: before the message is marked, so that no
 * crash between swallows it. A channel that takes many messages is asked about once.
 */
export function withEars<T extends TellingWorld>(world: T): T {
  const { store, now, operators, secondOperators = [], contactChannels } = world;
  const well = new Set<string>();

  async function note(channel: string, delivery: Delivery, { event }: Letter): Promise<void> {
    if (delivery.kind === "sent" && well.has(channel)) return;
    const isGivenUp = delivery.kind === "later" && now() - Date.parse(event.at) > giveUpMs;
    if (delivery.kind === "later" && !isGivenUp) return;
    const trouble = delivery.kind === "sent" ? null : refusal(delivery.why);
    await hear(store, { channel, trouble }, now());
    if (trouble === null) well.add(channel);
    else well.delete(channel);
  }

  const listening = (channel: Channel): Channel => ({
    ...channel,
    async deliver(letter) {
      const delivery = await channel.deliver(letter);
      await note(channel.name, delivery, letter);
      return delivery;
    },
  });

  return {
    ...world,
    operators: operators.map(listening),
    secondOperators: secondOperators.map((each) => ({ ...each, channel: listening(each.channel) })),
    contactChannels: (contact: Contact, customer: string) => contactChannels(contact, customer).map(listening),
  };
}

function refusal(why: string): Hearing["trouble"] {
  return {
    code: "contact.refused",
    evidence: [why],
    advice:
      "Correct or replace this contact or channel in the customers file and import it; 'chainmail notify --test' tries the operator's channels. It counts as reached again when it takes the next message.",
  };
}

function contextOf(channel: string, trouble: Hearing["trouble"]): CauseContext {
  const consequence =
    "this recipient didn't get the message and may get none that follow: nobody else is told in its place";
  const findings = trouble === null ? [] : [{ ...trouble, severity: "critical", consequence } as const];
  return {
    host: channel,
    hop: null,
    customers: 0,
    customer: null,
    neverOffered: false,
    severity: "critical",
    findings,
    lines: [],
    beside: [],
    slot: null,
  };
}
