/** Targets of one provider that are lost and mended without a probe, and the steps that tell of it: a minute each. */

import { advance, incidentId } from "../../lib/judge/incident.ts";
import type { Contact, Customer } from "../../lib/model/customer.ts";
import type { Cause, IncidentClass } from "../../lib/model/incident.ts";
import { defaultPolicy } from "../../lib/model/policy.ts";
import type { RosterEntry } from "../../lib/model/roster.ts";
import { changeCause } from "../../lib/steps/change-cause.ts";
import { createCircleBuilder } from "../../lib/steps/circle-build.ts";
import { type NotifyWorld, notify } from "../../lib/steps/notify.ts";
import { tick } from "../../lib/steps/tick.ts";
import type { Store } from "../../lib/store/store.ts";
import { context, noon, openCause, owed } from "../fakes/causes.ts";
import { type FakeChannel, fakeChannel } from "../fakes/channels.ts";
import { customerOf } from "../fakes/customers.ts";
import { entryOf, every, keyOf, minute } from "./lab.ts";

export const policy = { ...defaultPolicy, cleanFor: 2 * minute, recoverAfter: 1, recoverCycles: 1 };

/** One target; `number` makes its address, and its name at `mail.example` unless it has another. */
export interface Sibling {
  readonly number: number;
  readonly address?: string;
  readonly port?: number;
  readonly host?: string;
  /** Null: several. */
  readonly customer?: string | null;
  readonly customers?: number;
  /** Those who share it; left out: nobody knows who they are. */
  readonly sharedBy?: readonly string[];
}

export const siblings = (count: number, over: Partial<Sibling> = {}): readonly Sibling[] =>
  Array.from({ length: count }, (_, number) => ({ number, ...over }));

export interface Household {
  now: number;
  /** The process that runs from now on works on this store. */
  store: Store;
  readonly operator: FakeChannel;
  readonly operated: () => readonly string[];
  readonly channels: ReadonlyMap<string, FakeChannel>;
  /** What each contact was told, without those that heard nothing. */
  heard(): Readonly<Record<string, readonly string[]>>;
  /** How a customer looks like from now on; with two contacts of its own, one of whom waits. */
  customerOf: (id: string) => Customer;
  /** All that are known. */
  know(all: readonly Sibling[]): Promise<void>;
  lose(some: readonly Sibling[], cls?: IncidentClass): Promise<void>;
  mend(some: readonly Sibling[]): Promise<void>;
  notify(over?: Partial<NotifyWorld>): ReturnType<typeof notify>;
  /** A tick, a pass of the outbox, and a minute. */
  minutes(count: number, over?: Partial<NotifyWorld>): Promise<void>;
  cause(subject: string, cls?: IncidentClass): Promise<Cause | null>;
}

export function targetOf({ number, address = `203.0.113.${number}`, port = 25 }: Sibling) {
  return { address, port, tls: "starttls" } as const;
}
export const subjectOf = (sibling: Sibling): string => {
  const { address, port } = targetOf(sibling);
  return keyOf(address).replace(/:25$/, `:${port}`);
};
const ownerOf = ({ number, sharedBy, customer = sharedBy ? null : `c${number}` }: Sibling) => customer;
const hostOf = ({ number, host = `mx${number}.mail.example` }: Sibling) => host;

export function householdOf(real: Store): Household {
  const channels = new Map<string, FakeChannel>();
  const contactChannels = ({ email }: Contact): readonly FakeChannel[] => {
    const name = `mail:${email}`;
    const channel = channels.get(name) ?? fakeChannel(name);
    channels.set(name, channel);
    return [channel];
  };
  const home: Household = {
    now: noon + 2 * minute,
    store: real,
    operator: fakeChannel("ops"),
    operated: () => home.operator.letters.map(({ event }) => `${event.kind} ${event.subject}`),
    channels,
    heard() {
      const told = [...channels].map(([name, { letters }]) => {
        return [name, letters.map(({ event }) => `${event.kind} ${event.subject}`)] as const;
      });
      return Object.fromEntries(told.filter(([, lines]) => lines.length > 0));
    },
    customerOf: withContacts,
    async know(all) {
      const entries = all.map((sibling): RosterEntry => {
        const entry = entryOf("192.0.2.1", { names: [{ name: hostOf(sibling), since: 0 }] });
        return { ...entry, target: targetOf(sibling) };
      });
      await real.state.putSlice({ number: 1, vantage: "here", entries });
      const ids = new Set(all.flatMap((sibling) => ownerOf(sibling) ?? sibling.sharedBy ?? []));
      const customers = [...ids].map(home.customerOf);
      await real.config.putCustomers(customers);
      const circles = createCircleBuilder();
      for (const customer of customers) {
        const own = all.filter(({ sharedBy }) => sharedBy?.includes(customer.id));
        for (const sibling of own) circles.add(subjectOf(sibling), customer, "", hostOf(sibling));
      }
      for (const subject of all.map(subjectOf)) {
        const circle = circles.circleOf(subject);
        if (circle !== undefined) await real.state.putCircle(subject, circle);
      }
    },
    async lose(some, cls = "cleartext") {
      for (const [at, sibling] of some.entries()) {
        const subject = subjectOf(sibling);
        const { value, version } = await real.state.cause(cls, subject);
        const slot = { slice: 1, slot: at, vantage: "here" };
        const { customers = sibling.sharedBy?.length ?? 1 } = sibling;
        const about = { ...context, host: hostOf(sibling), customer: ownerOf(sibling), customers, slot };
        const id = incidentId(cls, subject, home.now);
        const opening = owed({ id: `${id}·1`, incident: id, class: cls, subject, at: home.now, context: about });
        const cause = openCause([...(value?.outbox ?? []), opening], { class: cls, subject, context: about });
        const incident = cause.incident && { ...cause.incident, id, openedAt: home.now, since: home.now - minute };
        const opened = { ...cause, incident: incident && { ...incident, messages: 1 }, stateSince: home.now };
        await real.state.putCause({ value: opened, version });
      }
    },
    async mend(some) {
      for (const [cycle, at] of [home.now, home.now + policy.cleanFor].entries()) {
        for (const sibling of some) {
          await changeCause(real, "cleartext", subjectOf(sibling), (cause) => {
            if (cause === null) return null;
            const { class: cls, subject, context: about } = cause;
            const vote = { at, cycle: cycle + 1, round: 0, vantage: "here", answer: "good" } as const;
            const event = { kind: "vote", class: cls, subject, vote, context: about, held: false } as const;
            const seen = { sighted: ["here"], blinded: [], firstLook: null };
            return advance(cause, { ...event, ...seen }, policy, at).cause;
          });
        }
      }
      home.now += policy.cleanFor;
    },
    notify: (over = {}) =>
      notify({
        store: home.store,
        now: () => home.now,
        grouping: { policy, everyMs: every },
        operators: [home.operator],
        contactChannels,
        alertLog: null,
        baseUrl: null,
        ...over,
      }),
    async minutes(count, over = {}) {
      for (let done = 0; done < count; done++) {
        await tick({ store: home.store, now: () => home.now, policy, sighted: ["here"] });
        await home.notify(over);
        home.now += minute;
      }
    },
    cause: async (subject, cls = "cleartext") => (await real.state.cause(cls, subject)).value,
  };
  return home;
}

function withContacts(id: string) {
  return customerOf(id, {
    contacts: [
      { email: `it@${id}.example`, sms: null },
      { email: `boss@${id}.example`, sms: null, after: 10 * minute },
    ],
  });
}
