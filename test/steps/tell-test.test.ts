/** The monthly test: by choice, once a calendar month, to everybody who would be told, and marked as a test. */

import { beforeEach, describe, expect, it } from "vitest";
import { type Contact, type Customer, defaultSettings } from "../../lib/model/customer.ts";
import { noNotify } from "../../lib/model/notify-settings.ts";
import type { Delivery } from "../../lib/model/ports.ts";
import { tellTest } from "../../lib/steps/tell-test.ts";
import { unsubscribe } from "../../lib/steps/unsubscribe.ts";
import type { Store } from "../../lib/store/store.ts";
import { type FakeChannel, fakeChannel } from "../fakes/channels.ts";
import { customerOf } from "../fakes/customers.ts";
import { createOutboxes, minute } from "./delivery/outboxes.ts";

const outboxes = createOutboxes();
const hour = 60 * minute;
const day = 24 * hour;
const later: Delivery = { kind: "later", why: "the relay is down" };
const never: Delivery = { kind: "never", why: "550 no such user" };

let channels: Map<string, FakeChannel>;
const channelOf = (name: string): FakeChannel => {
  const known = channels.get(name) ?? fakeChannel(name);
  channels.set(name, known);
  return known;
};
const got = () => [...channels.values()].flatMap(({ name, letters }) => letters.map(() => name)).sort();

const choose = (test: "monthly" | null) =>
  outboxes.store.config.putSettings({ ...defaultSettings, notify: { ...noNotify, test } });
const customer = (id: string, ...contacts: readonly Contact[]): Customer => customerOf(id, { contacts });
const mail = (email: string): Contact => ({ email, sms: null });
const tell = (store: Store = outboxes.store) =>
  tellTest({
    store,
    now: () => outboxes.now,
    operators: [channelOf("smtp:ops@example.net")],
    secondOperators: [{ after: hour, channel: channelOf("smtp:boss@example.net") }],
    contactChannels: ({ email }) => (email === null ? [] : [channelOf(`smtp:${email}`)]),
    baseUrl: "https://status.example",
  });

beforeEach(async () => {
  channels = new Map();
  outboxes.now = Date.UTC(2026, 10, 24, 12);
  await choose("monthly");
});

describe("the monthly test", () => {
  it("not to a contact that unsubscribed", async () => {
    await outboxes.store.config.putCustomers([customer("acme", mail("it@acme.example"), mail("boss@acme.example"))]);
    const gone = { address: "it@acme.example", customer: "acme", by: "one-click" } as const;
    await unsubscribe(outboxes.store, gone, outboxes.now);
    await tell();
    expect(got()).toEqual(["smtp:boss@acme.example", "smtp:boss@example.net", "smtp:ops@example.net"]);
  });

  it("goes to operators, second contacts and contacts, each once a calendar month", async () => {
    const acme = customer("acme", mail("it@acme.example"), mail("ops@example.net"));
    await outboxes.store.config.putCustomers([acme, customer("beta"), customer("gamma", mail("it@gamma.example"))]);
    const all = ["smtp:boss@example.net", "smtp:it@acme.example", "smtp:it@gamma.example", "smtp:ops@example.net"];
    expect([...(await tell())].sort()).toEqual(all);
    for (let days = 0; days < 6; days++) {
      outboxes.now += day;
      expect(await tell()).toEqual([]);
    }
    expect(got()).toEqual(all);
    outboxes.now = Date.UTC(2026, 11, 1, 9);
    expect(await tell()).toHaveLength(4);
  });

  it("is marked as a test everywhere", async () => {
    await outboxes.store.config.putCustomers([customer("acme", mail("it@acme.example"))]);
    await tell();
    const [letter] = channelOf("smtp:it@acme.example").letters;
    expect(letter).toMatchObject({
      subject: "[CM-TEST-2026-11] TEST, nothing is wrong: messages of the mail monitor reach you",
      attributes: { class: "test", kind: "report", customer: "acme" },
      event: { class: "test", kind: "report", customer: "acme", customers: 1 },
    });
    expect(letter?.text).toMatch(/^This is the monthly test, and nothing is wrong\./);
    expect(letter?.sms.length).toBeLessThanOrEqual(140);
    expect(channelOf("smtp:ops@example.net").letters[0]?.attributes).not.toHaveProperty("customer");
  });

  it("only by choice, and a pass without it reads and writes nothing of it", async () => {
    await choose(null);
    expect(await tell()).toEqual([]);
    expect(await outboxes.store.state.document("test")).toEqual({ value: null, version: 0 });
  });

  it.each([
    [8, 0],
    [9, 2],
    [15, 2],
    [16, 0],
  ])("wakes nobody: at %d o'clock %d are told", async (hours, many) => {
    outboxes.now = Date.UTC(2026, 10, 24, hours);
    expect(await tell()).toHaveLength(many);
  });

  it("a steady pass writes nothing", async () => {
    await tell();
    const { version } = await outboxes.store.state.document("test");
    outboxes.now += hour;
    await tell();
    expect((await outboxes.store.state.document("test")).version).toBe(version);
  });

  it("who refuses it for good is deaf from then on", async () => {
    channelOf("smtp:it@acme.example").answers.push(never);
    await outboxes.store.config.putCustomers([customer("acme", mail("it@acme.example"))]);
    await tell();
    const { value } = await outboxes.store.state.cause("deaf", "smtp:it@acme.example");
    expect(value).toMatchObject({ state: "open", context: { findings: [{ evidence: [never.why] }] } });
  });

  it("a hundred customers a pass, and the next ones a minute later", async () => {
    const many = Array.from({ length: 230 }, (_, index) => customer(`c${index}`, mail(`it@c${index}.example`)));
    await outboxes.store.config.putCustomers(many);
    const passes: number[] = [];
    for (let pass = 0; pass < 4; pass++) {
      passes.push((await tell()).length);
      expect(await tell()).toEqual([]);
      outboxes.now += 2 * minute;
    }
    expect(passes).toEqual([102, 100, 30, 0]);
    expect(new Set(got()).size).toBe(232);
    expect(got()).toHaveLength(232);
  });

  it("a relay that is down isn't tried with everybody", async () => {
    const many = Array.from({ length: 5 }, (_, index) => customer(`c${index}`, mail(`it@c${index}.example`)));
    for (const { contacts } of many) channelOf(`smtp:${contacts[0]?.email}`).answers.push(later);
    await outboxes.store.config.putCustomers(many);
    await tell();
    const tries = () => many.reduce((sum, { contacts }) => sum + channelOf(`smtp:${contacts[0]?.email}`).tries(), 0);
    expect(tries()).toBe(1);
    outboxes.now += 2 * minute;
    await tell();
    expect(tries()).toBe(1);
    outboxes.now += 15 * minute;
    await tell();
    expect(tries()).toBe(2);
  });

  it("nobody gets it twice, wherever a process dies", async () => {
    await outboxes.store.config.putCustomers([customer("acme", mail("it@acme.example"))]);
    for (let dies = 1; dies < 12; dies++) {
      let writes = 0;
      const { store } = outboxes;
      const putDocument: Store["state"]["putDocument"] = async (...of) => {
        if (++writes === dies) throw new Error("crashed");
        return await store.state.putDocument(...of);
      };
      await tell({ ...store, state: { ...store.state, putDocument } }).catch(() => {});
      outboxes.now += 2 * minute;
    }
    await tell();
    expect(got()).toEqual(["smtp:boss@example.net", "smtp:it@acme.example", "smtp:ops@example.net"]);
  });

  it("two senders at once tell each recipient once", async () => {
    await outboxes.store.config.putCustomers([customer("acme", mail("it@acme.example"))]);
    await Promise.all([tell(), tell(), tell()]);
    outboxes.now += 2 * minute;
    await tell();
    expect(got()).toEqual(["smtp:boss@example.net", "smtp:it@acme.example", "smtp:ops@example.net"]);
  });
});
