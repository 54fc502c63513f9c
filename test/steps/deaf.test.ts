/** A channel that refuses for good: the operator is told by the others, once, and once when it takes messages again. */

import { describe, expect, it } from "vitest";
import type { Customer } from "../../lib/model/customer.ts";
import { defaultPolicy } from "../../lib/model/policy.ts";
import type { Delivery } from "../../lib/model/ports.ts";
import { endUnused, hear } from "../../lib/steps/deaf.ts";
import { tick } from "../../lib/steps/tick.ts";
import { context, owed } from "../fakes/causes.ts";
import { fakeChannel } from "../fakes/channels.ts";
import { customerOf } from "../fakes/customers.ts";
import { createOutboxes, minute } from "./delivery/outboxes.ts";

const never: Delivery = { kind: "never", why: "550 5.1.1 no such user" };
const later: Delivery = { kind: "later", why: "451 try again" };
const name = "smtp:gone@example.net";
const day = 24 * 60 * minute;
const outboxes = createOutboxes();

const customer: Customer = customerOf("acme", {
  contacts: [{ email: "it@acme.example", sms: null }],
});

const deaf = async (channel = name) => (await outboxes.store.state.cause("deaf", channel)).value;
const versionOf = async () => (await outboxes.store.state.cause("deaf", name)).version;
const kinds = ({ letters }: ReturnType<typeof fakeChannel>) =>
  letters.map(({ event }) => `${event.class} ${event.kind} ${event.subject}`);

describe("a channel that refuses a message for good", () => {
  it("opens an incident of the operator's own, with what it said and what to do, told by the others alone", async () => {
    const [gone, mail] = [fakeChannel(name, [never]), fakeChannel("smtp:ops@example.net")];
    await outboxes.owing([owed()]);
    await outboxes.pass({ operators: [gone, mail] });
    const cause = await deaf();
    expect(cause).toMatchObject({ state: "open", subject: name, context: { hop: null, customer: null, slot: null } });
    expect(cause?.context.findings).toMatchObject([{ code: "contact.refused", evidence: [never.why] }]);

    await outboxes.pass({ operators: [gone, mail] });
    expect(kinds(mail).at(-1)).toBe(`deaf opened ${name}`);
    const told = mail.letters.at(-1);
    expect(told?.text).toContain(`${name} can't be reached: messages to it don't arrive.`);
    expect(told?.text).toContain(never.why);
    expect(told?.text).toContain("chainmail notify --test");
    expect(gone.letters).toEqual([]);
    expect(gone.tries()).toBe(1);
  });

  it("a contact of a customer is deaf as well, and the customer isn't told", async () => {
    await outboxes.store.config.putCustomers([customer]);
    const contact = fakeChannel("smtp:it@acme.example", [never]);
    const [mail, other] = [fakeChannel("smtp:ops@example.net"), fakeChannel("smtp:boss@acme.example")];
    await outboxes.owing([owed({ context: { ...context, customer: "acme" } })]);
    const over = { operators: [mail], contactChannels: () => [contact, other] };
    await outboxes.pass(over);
    await outboxes.pass(over);
    expect(await deaf(contact.name)).toMatchObject({ state: "open" });
    expect(kinds(mail)).toContain(`deaf opened ${contact.name}`);
    expect(kinds(other).filter((kind) => kind.startsWith("deaf"))).toEqual([]);
  });

  it("a further refusal writes nothing", async () => {
    const gone = fakeChannel(name, [never, never]);
    await outboxes.owing([owed()]);
    await outboxes.pass({ operators: [gone] });
    await outboxes.pass({ operators: [gone] });
    const version = await versionOf();
    await outboxes.owing([owed()]);
    await outboxes.pass({ operators: [gone] });
    expect(gone.tries()).toBe(2);
    expect(await versionOf()).toBe(version);
  });

  it("is over when it takes a message again and goes on to for a while", async () => {
    const [gone, mail] = [fakeChannel(name, [never]), fakeChannel("smtp:ops@example.net")];
    const world = { operators: [gone, mail] };
    const pass = () => outboxes.pass(world);
    await outboxes.owing([owed()]);
    await pass();
    await pass();
    outboxes.now += minute;
    await outboxes.owing([owed()]);
    await pass();
    expect(await deaf()).toMatchObject({ state: "recovering" });
    const version = await versionOf();
    await outboxes.owing([owed()]);
    await pass();
    expect(await versionOf()).toBe(version);

    outboxes.now += defaultPolicy.cleanFor;
    await tick({ store: outboxes.store, now: () => outboxes.now, policy: defaultPolicy, sighted: ["here"] });
    await pass();
    expect(await deaf()).toMatchObject({ state: "clear", incident: { ended: "recovered" } });
    expect(kinds(mail).filter((kind) => kind.startsWith("deaf"))).toEqual([
      `deaf opened ${name}`,
      `deaf recovered ${name}`,
    ]);
    expect(kinds(gone).filter((kind) => kind.startsWith("deaf"))).toEqual([]);
  });

  it("the vote comes before the mark: a crash between brings it again", async () => {
    const subject = await outboxes.owing([owed()]);
    const gone = fakeChannel(name, [never]);
    const { store } = outboxes;
    const dying = {
      ...store,
      state: {
        ...store.state,
        putCause: async (cause: Parameters<typeof store.state.putCause>[0]) => {
          if (cause.value.outbox.some(({ dead }) => dead.length > 0)) throw new Error("crashed");
          return await store.state.putCause(cause);
        },
      },
    };
    await expect(outboxes.pass({ operators: [gone], store: dying })).rejects.toThrow("crashed");
    expect((await outboxes.cause(subject))?.outbox[0]?.dead).toEqual([]);
    expect(await deaf()).toMatchObject({ state: "open" });
  });
});

describe("a channel that can't be reached now", () => {
  it("isn't deaf, until a message to it is given up", async () => {
    const mail = fakeChannel(name, [later, later]);
    await outboxes.owing([owed()]);
    await outboxes.pass({ operators: [mail] });
    expect(await deaf()).toBe(null);
    outboxes.now += 3 * day + minute;
    const { dead } = await outboxes.pass({ operators: [mail] });
    expect(dead).toHaveLength(1);
    expect(await deaf()).toMatchObject({ state: "open" });
  });

  it("one that always took its messages costs no write, and one read", async () => {
    const { store } = outboxes;
    let reads = 0;
    const counting = {
      ...store,
      state: {
        ...store.state,
        cause: (...of: Parameters<typeof store.state.cause>) => {
          if (of[0] === "deaf") reads++;
          return store.state.cause(...of);
        },
      },
    };
    await outboxes.owing([owed()]);
    await outboxes.owing([owed()]);
    await outboxes.pass({ operators: [fakeChannel(name)], store: counting });
    expect(reads).toBe(1);
    expect(await deaf()).toBe(null);
  });
});

describe("what is said of a channel by others", () => {
  it("well and never deaf: nothing is kept", async () => {
    await hear(outboxes.store, { channel: name, trouble: null }, outboxes.now);
    expect(await deaf()).toBe(null);
  });
});

describe("a channel that the customers file doesn't name any more", () => {
  it("isn't deaf: its incident ends as gone, and others stay", async () => {
    const kept = "webhook:hooks.example#1f2e3d";
    for (const channel of [name, kept, "sns:email:it@acme.example", "console"])
      await hear(
        outboxes.store,
        { channel, trouble: { code: "contact.refused", evidence: [], advice: "" } },
        outboxes.now,
      );
    await endUnused(outboxes.store, new Set([kept]), outboxes.now + minute);
    expect(await deaf()).toMatchObject({ state: "clear", incident: { ended: "gone" } });
    for (const channel of [kept, "sns:email:it@acme.example", "console"])
      expect(await deaf(channel)).toMatchObject({ state: "open" });
  });
});
