/** Subscribers of a topic that get no messages: found within the hour, told once, and once when they are back. */

import { describe, expect, it } from "vitest";
import { advance } from "../../lib/judge/incident.ts";
import { defaultPolicy } from "../../lib/model/policy.ts";
import type { KnownSubscriptions, ListedSubscription } from "../../lib/model/subscriptions.ts";
import { checkSubscriptions } from "../../lib/steps/contacts.ts";
import { tick } from "../../lib/steps/tick.ts";
import type { Store } from "../../lib/store/store.ts";
import { fakeChannel } from "../fakes/channels.ts";
import { createOutboxes, minute } from "./delivery/outboxes.ts";

const outboxes = createOutboxes();
const topic = "arn:aws:sns:eu-central-1:123456789012:operators";
const hour = 60 * minute;
const mail = (endpoint: string, pending = false): ListedSubscription => ({ protocol: "email", endpoint, pending });
const address = "it@acme.example";

const look = (listed: readonly ListedSubscription[], store: Store = outboxes.store) =>
  checkSubscriptions([{ topic, list: async () => listed }], store, outboxes.now);
const deaf = async () => (await outboxes.store.state.cause("deaf", `sns:email:${address}`)).value;
const document = () => outboxes.store.state.document<KnownSubscriptions>("subscriptions");

async function acknowledge(): Promise<void> {
  const { value, version } = await outboxes.store.state.cause("deaf", `sns:email:${address}`);
  const step = advance(value, { kind: "acknowledge", by: "ops" }, defaultPolicy, outboxes.now);
  if (step.cause !== null) await outboxes.store.state.putCause({ value: step.cause, version });
}

describe("who subscribed to the topic", () => {
  it("a steady hour writes nothing", async () => {
    await look([mail(address)]);
    const { version } = await document();
    outboxes.now += hour;
    expect(await look([mail(address)])).toEqual({ listed: 1, deaf: [], back: [], forgotten: [] });
    expect((await document()).version).toBe(version);
    expect(await deaf()).toBe(null);
  });

  it("one that vanished without a word is told of, and once more when it is back", async () => {
    const ops = fakeChannel("sns:operators");
    const pass = () => outboxes.pass({ operators: [ops] });
    await look([mail(address)]);
    outboxes.now += hour;
    expect((await look([])).deaf).toEqual([`sns:email:${address}`]);
    await pass();
    outboxes.now += hour;
    await look([]);
    await pass();
    expect(ops.letters.map(({ event }) => `${event.class} ${event.kind}`)).toEqual(["deaf opened"]);
    expect(ops.letters[0]?.text).toContain("contact.vanished");
    expect(ops.letters[0]?.text).toContain("chainmail subscription confirm LINK");

    outboxes.now += hour;
    expect((await look([mail(address)])).back).toEqual([`sns:email:${address}`]);
    outboxes.now += defaultPolicy.cleanFor;
    await tick({ store: outboxes.store, now: () => outboxes.now, policy: defaultPolicy, sighted: ["here"] });
    await pass();
    expect(ops.letters.map(({ event }) => event.kind)).toEqual(["opened", "recovered"]);
  });

  it("one that never confirmed is told of after a day", async () => {
    await look([mail(address, true)]);
    outboxes.now += 24 * hour;
    await look([mail(address, true)]);
    expect(await deaf()).toBe(null);
    outboxes.now += hour;
    await look([mail(address, true)]);
    expect(await deaf()).toMatchObject({ state: "open", context: { findings: [{ code: "contact.pending" }] } });
  });

  it("one that was taken off on purpose is forgotten when somebody has acknowledged it", async () => {
    await look([mail(address)]);
    outboxes.now += hour;
    await look([]);
    await acknowledge();
    outboxes.now += hour;
    expect((await look([])).forgotten).toEqual([`sns:email:${address}`]);
    expect((await document()).value).toEqual({ topics: [{ topic, known: [] }] });
    expect(await deaf()).toMatchObject({ state: "clear", incident: { ended: "gone" } });
    outboxes.now += hour;
    expect(await look([])).toEqual({ listed: 0, deaf: [], back: [], forgotten: [] });

    // Subscribed anew and gone anew: the old word doesn't count.
    await look([mail(address)]);
    outboxes.now += hour;
    expect((await look([])).deaf).toEqual([`sns:email:${address}`]);
    expect(await deaf()).toMatchObject({ state: "open" });
  });

  it("a crash before what was seen is remembered tells nothing twice and forgets nothing", async () => {
    const { store } = outboxes;
    const dying: Store = {
      ...store,
      state: { ...store.state, putDocument: () => Promise.reject(new Error("crashed")) },
    };
    await look([mail(address)]);
    outboxes.now += hour;
    await expect(look([], dying)).rejects.toThrow("crashed");
    const version = async () => (await store.state.cause("deaf", `sns:email:${address}`)).version;
    const told = await version();
    expect(await deaf()).toMatchObject({ state: "open" });
    await look([]);
    expect(await version()).toBe(told);

    await acknowledge();
    await expect(look([], dying)).rejects.toThrow("crashed");
    const ended = await version();
    expect((await look([])).forgotten).toHaveLength(1);
    expect(await version()).toBe(ended);
  });

  it("another topic starts anew: nobody vanished from it", async () => {
    await look([mail(address)]);
    const other = { topic: `${topic}-2`, list: async () => [] };
    expect((await checkSubscriptions([other], outboxes.store, outboxes.now)).deaf).toEqual([]);
    expect((await document()).value).toEqual({ topics: [{ topic: `${topic}-2`, known: [] }] });
  });

  describe("and to those of phones and of second contacts", () => {
    const phones = `${topic}-phones`;
    const number = { protocol: "sms", endpoint: "+4915112345678", pending: false };
    const both = (operators: readonly ListedSubscription[], numbers: readonly ListedSubscription[]) =>
      checkSubscriptions(
        [
          { topic, list: async () => operators },
          { topic: phones, list: async () => numbers },
        ],
        outboxes.store,
        outboxes.now,
      );

    it("a phone that is gone is told of as a mailbox is, and says which topic it was", async () => {
      await both([mail(address)], [number]);
      const { version } = await document();
      outboxes.now += hour;
      expect(await both([mail(address)], [number])).toMatchObject({ listed: 2, deaf: [] });
      expect((await document()).version).toBe(version);
      outboxes.now += hour;
      expect((await both([mail(address)], [])).deaf).toEqual(["sns:sms:+4915112345678"]);
      const { value } = await outboxes.store.state.cause("deaf", "sns:sms:+4915112345678");
      const [finding] = value?.context.findings ?? [];
      expect(finding?.evidence[0]).toMatch(/^gone from the topic operators-phones, seen at 2026/);
      expect(finding?.advice).toContain("Deploy again");
      expect(await deaf()).toBe(null);
    });

    it("what an older release knew of the one topic stays known", async () => {
      const known = [{ ...mail(address), state: "confirmed", since: outboxes.now, wasConfirmed: true }];
      await outboxes.store.state.putDocument("subscriptions", { value: { topic, known }, version: 0 });
      outboxes.now += hour;
      expect((await both([], [number])).deaf).toEqual([`sns:email:${address}`]);
    });
  });
});
