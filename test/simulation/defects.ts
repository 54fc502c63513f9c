/** Machines with one fault each, as somebody might build them. The oracle has to find every one; it is proved by them. */

import { type Contact, type Customer, defaultSettings } from "../../lib/model/customer.ts";
import type { Cause, OutboxEntry } from "../../lib/model/incident.ts";
import type { ProbeAnswer, ProbeResults } from "../../lib/model/jobs.ts";
import type { Channel, Delivery } from "../../lib/model/ports.ts";
import type { Versioned } from "../../lib/store/store.ts";
import { encrypted, observation } from "../judge/build.ts";
import { asBuilt, type Machinery } from "./machinery.ts";
import { type Defect, onState, writing } from "./tamper.ts";

type Notify = Machinery["notify"];

function withChannels(change: (channel: Channel) => Channel): Notify {
  return (world) =>
    asBuilt.notify({
      ...world,
      operators: world.operators.map(change),
      contactChannels: (contact, customer) => world.contactChannels(contact, customer).map(change),
    });
}

/** As if every incident were open, and had just been seen bad: what the sender asks before a message leaves. */
const neverWell = onState((state) => {
  const asItIs = new Map<Cause["context"], Cause>();
  return {
    async dueCauses(at) {
      return (await state.dueCauses(at)).map(({ value, version }) => {
        if (value.state !== "recovering") return { value, version };
        asItIs.set(value.context, value);
        const bad = { at, cycle: 0, round: 0, vantage: "here", answer: "bad" } as const;
        return { value: { ...value, state: "open", votes: [...value.votes, bad] }, version };
      });
    },
    putCause({ value, version }) {
      const real = asItIs.get(value.context);
      const kept = real === undefined ? value : { ...value, state: real.state, votes: real.votes };
      return state.putCause({ value: kept, version });
    },
  };
});

function answering(change: (delivery: Delivery) => Delivery): Notify {
  return withChannels((channel) => ({ ...channel, deliver: async (letter) => change(await channel.deliver(letter)) }));
}

function judging(change: (results: ProbeResults, at: number) => ProbeResults): Machinery["judge"] {
  return (results, world) => asBuilt.judge(change(results, world.now()), world);
}

function eachAnswer(results: ProbeResults, change: (answer: ProbeAnswer) => ProbeAnswer): ProbeResults {
  return { ...results, answers: results.answers.map(change) };
}

const isSilent = (answer: ProbeAnswer) => answer.kind === "seen" && answer.observation.outcome.kind === "no-answer";

const wellAgain = (answer: ProbeAnswer): ProbeAnswer =>
  answer.kind === "seen" && isSilent(answer)
    ? { ...answer, observation: { ...observation(encrypted()), ...answer.observation, outcome: encrypted() } }
    : answer;

const madeNow =
  (at: number) =>
  (answer: ProbeAnswer): ProbeAnswer =>
    answer.kind === "seen" ? { ...answer, observation: { ...answer.observation, at } } : answer;

const added = (next: Cause, stands: Cause | null): readonly OutboxEntry[] =>
  next.outbox.filter(({ alert }) => !stands?.outbox.some((known) => known.alert.id === alert.id));

function hardlyWaiting(customer: Customer | undefined): Customer | undefined {
  const soon = (contact: Contact) => (contact.after === undefined ? contact : { ...contact, after: 1 });
  return customer && { ...customer, contacts: customer.contacts.map(soon) };
}

const delivered = new WeakSet<ProbeResults>();

export const defects: readonly Defect[] = [
  {
    name: "one bad look opens",
    breaks: /without being confirmed: \d bad looks/,
    machinery: { ...asBuilt, policy: { ...asBuilt.policy, openAfter: 1, openSpan: 0 } },
  },
  {
    name: "one vantage is enough, whatever the others see",
    breaks: /without being confirmed: (only|a good look)/,
    machinery: {
      ...asBuilt,
      judge: (results, world) => asBuilt.judge(results, { ...world, sighted: [results.vantage] }),
    },
  },
  {
    name: "vantages that disagree are taken for one that does so with itself",
    breaks: /without being confirmed: nobody disagrees with itself/,
    machinery: { ...asBuilt, judge: judging((results) => ({ ...results, vantage: "here" })) },
  },
  {
    name: "a partial loss is over as soon as those say so who never saw it",
    breaks: /recovered (on|, and not from)|recovered, and not from/,
    machinery: {
      ...asBuilt,
      through: writing((next) =>
        next.incident === null || next.form !== "partial"
          ? next
          : { ...next, incident: { ...next.incident, seenFrom: [] } },
      ),
    },
  },
  {
    name: "a second delivery of one look counts as another look",
    breaks: /without being confirmed/,
    machinery: {
      ...asBuilt,
      judge: judging((results) => {
        if (delivered.has(results)) return { ...results, round: results.round + 10 };
        delivered.add(results);
        return results;
      }),
    },
  },
  {
    name: "silence heals",
    breaks: /recovered on/,
    machinery: { ...asBuilt, judge: judging((results) => eachAnswer(results, wellAgain)) },
  },
  {
    name: "late looks count as if they had been made now",
    breaks: /without being confirmed/,
    machinery: { ...asBuilt, judge: judging((results, at) => eachAnswer(results, madeNow(at))) },
  },
  {
    name: "who left DNS is said to have recovered",
    breaks: /recovered on/,
    machinery: {
      ...asBuilt,
      through: writing((next) => ({
        ...next,
        outbox: next.outbox.map((entry) => {
          const kind = entry.alert.kind === "gone" ? "recovered" : entry.alert.kind;
          return { ...entry, alert: { ...entry.alert, kind } };
        }),
      })),
    },
  },
  {
    name: "one good answer is a recovery",
    breaks: /recovered on/,
    machinery: { ...asBuilt, policy: { ...asBuilt.policy, recoverAfter: 1, recoverCycles: 1, cleanFor: 0 } },
  },
  {
    name: "the transition is written before the message that it owes",
    breaks: /opened beside another|never told|never got|tells CM/,
    machinery: {
      ...asBuilt,
      through: onState((state) => ({
        async putCause({ value, version }) {
          const { value: stands } = await state.cause(value.class, value.subject);
          if (added(value, stands).length === 0) return await state.putCause({ value, version });
          const bare = { ...value, outbox: value.outbox.filter((entry) => !added(value, stands).includes(entry)) };
          return (
            (await state.putCause({ value: bare, version })) && (await state.putCause({ value, version: version + 1 }))
          );
        },
      })),
    },
  },
  {
    name: "a stale version is written over",
    breaks: /tells CM|never told|was forgotten/,
    machinery: {
      ...asBuilt,
      through: onState((state) => ({
        async putCause({ value, version }: Versioned<Cause>) {
          if (await state.putCause({ value, version })) return true;
          const { version: newer } = await state.cause(value.class, value.subject);
          return await state.putCause({ value, version: newer });
        },
      })),
    },
  },
  {
    name: "who has a message isn't noted",
    breaks: /repeats after/,
    machinery: {
      ...asBuilt,
      through: writing((next) => ({ ...next, outbox: next.outbox.map((entry) => ({ ...entry, sentTo: [] })) })),
    },
  },
  {
    name: "the sender takes no lease",
    breaks: /repeats after/,
    machinery: {
      ...asBuilt,
      through: writing((next) => ({ ...next, outbox: next.outbox.map((entry) => ({ ...entry, leasedUntil: 0 })) })),
    },
  },
  {
    name: "the newest message goes first",
    breaks: /got CM-.* after CM-/,
    machinery: {
      ...asBuilt,
      through: writing((next, stands) => {
        const fresh = added(next, stands);
        return { ...next, outbox: [...fresh, ...next.outbox.filter((entry) => !fresh.includes(entry))] };
      }),
    },
  },
  {
    name: "what a channel can't take now is forgotten",
    breaks: /was never told to/,
    machinery: {
      ...asBuilt,
      notify: answering((delivery) => (delivery.kind === "later" ? { kind: "sent" } : delivery)),
    },
  },
  {
    name: "a mailbox that refuses for ever is tried for ever",
    breaks: /when all is well, and owes CM-/,
    machinery: {
      ...asBuilt,
      notify: answering((delivery) => (delivery.kind === "never" ? { ...delivery, kind: "later" } : delivery)),
    },
  },
  {
    name: "what alarms isn't remembered, so that good answers never reach it",
    breaks: /is open when all is well/,
    machinery: {
      ...asBuilt,
      through: onState((state) => ({
        putMemory: (slice, { value, version }) =>
          state.putMemory(slice, { version, value: value.map((slot) => ({ ...slot, hot: [] })) }),
      })),
    },
  },
  {
    name: "an incident that comes back is opened once more",
    breaks: /was forgotten while it was open/,
    machinery: {
      ...asBuilt,
      through: writing((next, stands) => {
        if (next.incident === null || next.state !== "open" || stands?.state !== "recovering") return next;
        return { ...next, incident: { ...next.incident, id: `${next.incident.id}0` } };
      }),
    },
  },
  {
    name: "nobody looks again before a message leaves",
    breaks: /when it was known to be well/,
    machinery: { ...asBuilt, through: neverWell },
  },
  {
    name: "what claims first is marked afterwards, as the others",
    breaks: /box-phone got CM-.* twice/,
    machinery: {
      ...asBuilt,
      notify: withChannels(({ claimsFirst: _, ...channel }) => channel),
    },
  },
  {
    name: "the last message of a digest is left out",
    breaks: /never got CM-|was never told to/,
    machinery: {
      ...asBuilt,
      notify: withChannels((channel) => ({
        ...channel,
        deliver({ event, ...letter }) {
          const { messages, ...rest } = event;
          return channel.deliver({ ...letter, event: messages ? { ...rest, messages: messages.slice(0, -1) } : rest });
        },
      })),
    },
  },
  {
    name: "nobody minds a window",
    breaks: /inside a window/,
    machinery: {
      ...asBuilt,
      through: (store) => {
        const none = { silences: async () => [], settings: async () => defaultSettings };
        const config = new Proxy(store.config, {
          get: (inner, name) => Reflect.get(none, name) ?? Reflect.get(inner, name),
        });
        return { ...store, config };
      },
    },
  },
  {
    name: "second contacts hardly wait",
    breaks: /was escalated to contact-second too soon/,
    machinery: {
      ...asBuilt,
      through: (store) => {
        const config = new Proxy(store.config, {
          get: (inner, name) =>
            name === "customer"
              ? async (id: string) => hardlyWaiting(await inner.customer(id))
              : Reflect.get(inner, name),
        });
        return { ...store, config };
      },
    },
  },
  {
    name: "second contacts are forgotten",
    breaks: /was never escalated to contact-second/,
    machinery: {
      ...asBuilt,
      through: writing((next) => ({ ...next, incident: next.incident && { ...next.incident, escalations: [] } })),
    },
  },
];
