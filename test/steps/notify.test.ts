import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Customer } from "../../lib/model/customer.ts";
import type { Cause, OutboxEntry } from "../../lib/model/incident.ts";
import type { Delivery } from "../../lib/model/ports.ts";
import { type NotifyWorld, notify } from "../../lib/steps/notify.ts";
import { subscribe, unsubscribe } from "../../lib/steps/unsubscribe.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import type { Store } from "../../lib/store/store.ts";
import { context, noon, openCause, owed } from "../fakes/causes.ts";
import { fakeChannel, fakeLog } from "../fakes/channels.ts";
import { Crash, crashingStore } from "../fakes/crash.ts";
import { customerOf } from "../fakes/customers.ts";

const later: Delivery = { kind: "later", why: "451 busy" };
const never: Delivery = { kind: "never", why: "550 no such user" };
const second = 1000;
const minute = 60 * second;

let embedded: EmbeddedStore;
let now: number;
let subjects = 0;

beforeAll(async () => {
  embedded = await openEmbedded(null);
});
afterAll(() => embedded.close());
beforeEach(async () => {
  now = noon + 2 * minute;
  for (const { value, version } of await embedded.store.state.dueCauses(Number.MAX_SAFE_INTEGER - 1)) {
    await embedded.store.state.putCause({ value: spent(value), version });
  }
});

const spent = (cause: Cause): Cause => ({ ...cause, state: "clear", outbox: [], openings: [], due: null });

function world(over: Partial<NotifyWorld> = {}): NotifyWorld {
  return {
    store: embedded.store,
    now: () => now,
    operators: [],
    contactChannels: () => [],
    alertLog: null,
    baseUrl: null,
    ...over,
  };
}

/** Puts a cause of a fresh subject that owes these messages. */
async function owing(entries: readonly OutboxEntry[], over: Partial<Cause> = {}): Promise<string> {
  const subject = `192.0.2.${++subjects}:25`;
  const outbox = entries.map((entry) => ({ ...entry, alert: { ...entry.alert, subject } }));
  await embedded.store.state.putCause({ value: openCause(outbox, { subject, ...over }), version: 0 });
  return subject;
}

async function outboxOf(subject: string): Promise<readonly OutboxEntry[]> {
  return (await embedded.store.state.cause("cleartext", subject)).value?.outbox ?? [];
}

describe("the outbox", () => {
  it("tells each recipient once, and forgets the message when all have it", async () => {
    const [mail, hook] = [fakeChannel("smtp:ops@example.net"), fakeChannel("webhook:hooks.example")];
    const subject = await owing([owed()]);
    const report = await notify(world({ operators: [mail, hook] }));
    expect(mail.letters.map(({ id, to }) => [id, to])).toEqual([["CM-7F3A·1", "smtp:ops@example.net"]]);
    expect(hook.letters).toHaveLength(1);
    expect(report.sent.map(({ to }) => to)).toEqual(["smtp:ops@example.net", "webhook:hooks.example"]);
    expect(await outboxOf(subject)).toEqual([]);
    await notify(world({ operators: [mail, hook] }));
    expect(mail.letters).toHaveLength(1);
  });

  it("says nothing before its time", async () => {
    const mail = fakeChannel("smtp:ops@example.net");
    await owing([owed({}, { notBefore: now + 1 })]);
    await notify(world({ operators: [mail] }));
    expect(mail.letters).toHaveLength(0);
    now += 1;
    await notify(world({ operators: [mail] }));
    expect(mail.letters).toHaveLength(1);
  });

  it("tries again later, and does not tell those again who have it", async () => {
    const [mail, hook] = [fakeChannel("smtp:ops@example.net", [later]), fakeChannel("webhook:hooks.example")];
    const subject = await owing([owed()]);
    const report = await notify(world({ operators: [mail, hook] }));
    expect(report.later).toMatchObject([{ to: "smtp:ops@example.net", why: "451 busy" }]);
    await notify(world({ operators: [mail, hook] }));
    expect(mail.tries()).toBe(1);
    now += 15 * second;
    await notify(world({ operators: [mail, hook] }));
    expect(mail.letters).toHaveLength(1);
    expect(hook.letters).toHaveLength(1);
    expect(await outboxOf(subject)).toEqual([]);
  });

  it("waits longer after each failure, a quarter of an hour at most", async () => {
    const mail = fakeChannel("smtp:ops@example.net", Array(12).fill(later));
    const subject = await owing([owed()]);
    const waits: number[] = [];
    for (let tries = 0; tries < 9; tries++) {
      await notify(world({ operators: [mail] }));
      const next = (await outboxOf(subject))[0]?.notBefore ?? 0;
      waits.push((next - now) / second);
      now = next;
    }
    expect(waits).toEqual([15, 30, 60, 120, 240, 480, 900, 900, 900]);
  });

  it("drops for good who will never take it, visibly, and lets nobody wait for them", async () => {
    const [gone, mail] = [fakeChannel("smtp:gone@example.net", [never]), fakeChannel("smtp:ops@example.net")];
    const subject = await owing([owed()]);
    const report = await notify(world({ operators: [gone, mail] }));
    expect(report.dead).toMatchObject([{ to: "smtp:gone@example.net", why: "550 no such user" }]);
    expect(mail.letters).toHaveLength(1);
    expect(await outboxOf(subject)).toEqual([]);
    const [kept] = await embedded.store.ledger.alerts(1);
    expect(kept?.to).toEqual(["smtp:ops@example.net", "smtp:gone@example.net (undeliverable)"]);
  });

  it("gives up after three days", async () => {
    const mail = fakeChannel("smtp:ops@example.net", [later, later]);
    const subject = await owing([owed()]);
    now = noon + 3 * 86_400_000 + 2 * minute;
    const report = await notify(world({ operators: [mail] }));
    expect(report.dead).toMatchObject([{ to: "smtp:ops@example.net" }]);
    expect(await outboxOf(subject)).toEqual([]);
  });

  it("never lets the end overtake the beginning", async () => {
    const mail = fakeChannel("smtp:ops@example.net", [later]);
    const hook = fakeChannel("webhook:hooks.example");
    const subject = await owing([owed()]);
    await notify(world({ operators: [mail, hook] }));
    const { value, version } = await embedded.store.state.cause("cleartext", subject);
    if (value === null) throw new Error("the cause is gone");
    const end = owed({ id: "CM-7F3A·2", kind: "recovered", at: now, subject });
    await embedded.store.state.putCause({ value: { ...value, outbox: [...value.outbox, end] }, version });
    await notify(world({ operators: [mail, hook] }));
    expect(hook.letters.map(({ id }) => id)).toEqual(["CM-7F3A·1", "CM-7F3A·2"]);
    expect(hook.letters[1]?.subject).toBe("[CM-7F3A.2] Recovered: mx1.gateway.example, cleartext, 3 customers");
    expect(mail.letters.map(({ id }) => id)).toEqual(["CM-7F3A·2"]);
    expect(mail.letters[0]?.subject).toBe("[CM-7F3A.2] Over, TLS lost: mx1.gateway.example, cleartext, 3 customers");
    expect(await outboxOf(subject)).toEqual([]);
    const told = (await embedded.store.ledger.alerts(2)).map(({ alert, to }) => [alert.kind, to]);
    expect(told).toEqual([
      ["recovered", ["smtp:ops@example.net", "webhook:hooks.example"]],
      ["opened", ["webhook:hooks.example"]],
    ]);
  });

  it("tells of both at once when nobody heard of the beginning before the end", async () => {
    const mail = fakeChannel("smtp:ops@example.net");
    await owing([owed(), owed({ id: "CM-7F3A·2", kind: "recovered", at: now })]);
    await notify(world({ operators: [mail] }));
    expect(mail.letters.map(({ id }) => id)).toEqual(["CM-7F3A·2"]);
    expect(mail.letters[0]?.text).toContain("from 2026-11-24 12:00:00 UTC to 2026-11-24 12:02:00 UTC");
  });

  it("is in one sender's hands at a time, until its lease runs out", async () => {
    const mail = fakeChannel("smtp:ops@example.net");
    await owing([owed({}, { leasedUntil: now + 1 })]);
    await notify(world({ operators: [mail] }));
    expect(mail.letters).toHaveLength(0);
    now += 2;
    await Promise.all([notify(world({ operators: [mail] })), notify(world({ operators: [mail] }))]);
    expect(mail.letters).toHaveLength(1);
  });

  it("stays in its hands while channels time out one after the other", async () => {
    await owing([owed()]);
    const mail = fakeChannel("smtp:ops@example.net");
    const others: Promise<unknown>[] = [];
    const slow = ["a", "b", "c"].map((name) => ({
      name,
      async deliver() {
        now += 45 * second;
        others.push(notify(world({ operators: [mail] })));
        await others.at(-1);
        return later;
      },
    }));
    await notify(world({ operators: [...slow, mail] }));
    expect(mail.letters).toHaveLength(1);
  });

  it("keeps what the judge writes while a message is under way", async () => {
    const subject = await owing([owed()]);
    const mail = fakeChannel("smtp:ops@example.net");
    const meddling = {
      name: "smtp:slow@example.net",
      async deliver() {
        const { value, version } = await embedded.store.state.cause("cleartext", subject);
        if (value) await embedded.store.state.putCause({ value: { ...value, clean: 7 }, version });
        return { kind: "sent" } as const;
      },
    };
    await notify(world({ operators: [meddling, mail] }));
    const { value } = await embedded.store.state.cause("cleartext", subject);
    expect(value).toMatchObject({ clean: 7, outbox: [] });
    expect(mail.letters).toHaveLength(1);
  });

  it("asks a channel that is down once in a pass, however many messages wait for it", async () => {
    const hook = fakeChannel("webhook:hooks.example", [later, later, later]);
    for (const hex of ["1", "2", "3"]) await owing([owed({ id: `CM-000${hex}·1`, incident: `CM-000${hex}` })]);
    await notify(world({ operators: [hook] }));
    expect(hook.tries()).toBe(1);
  });
});

describe("who is told", () => {
  const acme: Customer = customerOf("acme", { contacts: [{ email: "it@acme.example", sms: null }] });
  const channels = new Map([["it@acme.example", fakeChannel("smtp:it@acme.example")]]);
  const contactChannels: NotifyWorld["contactChannels"] = ({ email }) => {
    const channel = email === null ? undefined : channels.get(email);
    return channel ? [channel] : [];
  };

  beforeEach(async () => {
    await embedded.store.config.putCustomers([acme]);
    for (const { letters } of channels.values()) letters.length = 0;
  });

  it("the operator alone, of a target that several customers share", async () => {
    const operator = fakeChannel("console");
    await owing([owed()]);
    await notify(world({ operators: [operator], contactChannels }));
    expect(operator.letters).toHaveLength(1);
    expect(channels.get("it@acme.example")?.letters).toHaveLength(0);
  });

  it("the customer's contacts too, of a target that is theirs alone", async () => {
    const operator = fakeChannel("console");
    await owing([owed({ context: { ...context, customers: 1, customer: "acme" } })]);
    await notify(world({ operators: [operator], contactChannels }));
    expect(operator.letters).toHaveLength(1);
    expect(channels.get("it@acme.example")?.letters).toHaveLength(1);
  });

  it("no contact that unsubscribed, unless it is an operator's address", async () => {
    const { store } = embedded;
    const operator = fakeChannel("console");
    const own = { context: { ...context, customers: 1, customer: "acme" } };
    await unsubscribe(store, { address: "it@acme.example", customer: "acme", by: "page" }, now);
    await owing([owed(own)]);
    await notify(world({ operators: [operator], contactChannels }));
    expect(channels.get("it@acme.example")?.letters).toHaveLength(0);
    expect(operator.letters.map(({ event }) => event.class).sort()).toEqual(["cleartext", "deaf"]);

    const both = fakeChannel("smtp:it@acme.example");
    await owing([owed(own)]);
    await notify(world({ operators: [both], contactChannels }));
    expect(both.letters).toHaveLength(1);

    expect(await subscribe(store, { address: "it@acme.example", by: "operator" }, now)).toBe(true);
    await owing([owed(own)]);
    await notify(world({ operators: [operator], contactChannels }));
    expect(channels.get("it@acme.example")?.letters).toHaveLength(1);
  });

  it("nobody twice who is operator and contact", async () => {
    const operator = fakeChannel("smtp:it@acme.example");
    await owing([owed({ context: { ...context, customers: 1, customer: "acme" } })]);
    await notify(world({ operators: [operator], contactChannels }));
    expect(operator.letters).toHaveLength(1);
    expect(channels.get("it@acme.example")?.letters).toHaveLength(0);
  });
});

describe("the alerts file", () => {
  it("has one line for a message, whoever and however many it went to", async () => {
    const log = fakeLog();
    const operators = [fakeChannel("console"), fakeChannel("webhook:hooks.example", [later])];
    const subject = await owing([owed()]);
    await notify(world({ operators, alertLog: log }));
    now += 15 * second;
    await notify(world({ operators, alertLog: log }));
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toMatchObject({
      id: "CM-7F3A·1",
      kind: "opened",
      class: "cleartext",
      subject,
      customers: 3,
      to: ["console", "webhook:hooks.example"],
      at: "2026-11-24T12:01:00.000Z",
    });
    expect(Object.keys(log.lines[0] ?? {})).toEqual([
      "id",
      "kind",
      "class",
      "subject",
      "customers",
      "to",
      "at",
      "text",
    ]);
  });

  it("calls an intermittent loss by its name", async () => {
    const log = fakeLog();
    await owing([owed({ form: "intermittent", rate: { bad: 3, of: 24 } })]);
    await notify(world({ alertLog: log }));
    expect(log.lines).toMatchObject([{ class: "intermittent" }]);
  });
});

describe("a first look at a new fleet", () => {
  const firstLook = (hex: string) =>
    owed(
      { id: `CM-000${hex}·1`, incident: `CM-000${hex}`, context: { ...context, neverOffered: true } },
      { digest: "first-look", notBefore: noon + 10 * minute },
    );

  it("tells the operator of all targets that never offered TLS in one message", async () => {
    const [operator, log] = [fakeChannel("console"), fakeLog()];
    const subjectsOfAll = [await owing([firstLook("1")]), await owing([firstLook("2")]), await owing([firstLook("3")])];
    await notify(world({ operators: [operator], alertLog: log }));
    expect(operator.letters).toHaveLength(0);
    now = noon + 10 * minute;
    await notify(world({ operators: [operator], alertLog: log }));
    expect(operator.letters).toHaveLength(1);
    for (const subject of subjectsOfAll) {
      expect(operator.letters[0]?.text).toContain(subject);
      expect(await outboxOf(subject)).toEqual([]);
    }
    expect(log.lines).toHaveLength(1);
    expect(operator.letters[0]?.subject).toContain("TLS never offered: 3 targets");
  });

  it("tells again only what is still owed when it failed", async () => {
    const operator = fakeChannel("console", [later]);
    await owing([firstLook("1")]);
    await owing([firstLook("2")]);
    now = noon + 10 * minute;
    await notify(world({ operators: [operator] }));
    now += 15 * second;
    await notify(world({ operators: [operator] }));
    expect(operator.letters).toHaveLength(1);
    expect(operator.letters[0]?.subject).toContain("2 targets");
  });
});

describe("a sender that dies", () => {
  const operators = () => [fakeChannel("console"), fakeChannel("smtp:ops@example.net")];

  /** Writes of one message to two recipients and the log. */
  async function writesOfOne(): Promise<number> {
    await owing([owed()]);
    const { store, written } = crashingStore(embedded.store);
    await notify(world({ store, operators: operators(), alertLog: fakeLog() }));
    return written.length;
  }

  it.each(["before", "after"] as const)("%s any write loses no message and repeats one at most once", async (when) => {
    const writes = await writesOfOne();
    for (let fatal = 1; fatal <= writes; fatal++) {
      now = noon + 2 * minute;
      const [log, channels] = [fakeLog(), operators()];
      const subject = await owing([owed()]);
      const dying: Store = crashingStore(embedded.store, fatal, when).store;
      await expect(notify(world({ store: dying, operators: channels, alertLog: log }))).rejects.toThrow(Crash);
      now += 91 * second;
      await notify(world({ operators: channels, alertLog: log }));
      expect(await outboxOf(subject)).toEqual([]);
      const counts = [...channels.map(({ letters }) => letters.length), log.lines.length];
      expect(counts.every((count) => count >= 1)).toBe(true);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(4);
    }
  });
});
