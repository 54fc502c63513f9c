import { describe, expect, it } from "vitest";
import type { Alert, OutboxEntry } from "../../../lib/model/incident.ts";
import type { Channel, Delivery } from "../../../lib/model/ports.ts";
import { context, owed } from "../../fakes/causes.ts";
import { type FakeChannel, fakeChannel, fakeLog, pacedChannel } from "../../fakes/channels.ts";
import { Crash, crashingStore } from "../../fakes/crash.ts";
import { createOutboxes, minute } from "./outboxes.ts";

const outboxes = createOutboxes();

const hex = (index: number) => `CM-${(0xa000 + index).toString(16).toUpperCase()}`;
function opening(index: number, over: Partial<Alert> = {}): OutboxEntry {
  return owed({ id: `${hex(index)}·1`, incident: hex(index), ...over });
}

/** `count` causes with an opening each, numbered from `from`. */
async function storm(count: number, over: Partial<Alert> = {}, from = 0): Promise<readonly string[]> {
  const subjects: string[] = [];
  for (let index = from; index < from + count; index++) subjects.push(await outboxes.owing([opening(index, over)]));
  return subjects;
}

/** Ids of all alerts that arrived, those of digests too, each once for each time. */
const arrived = ({ letters }: FakeChannel) =>
  letters.flatMap(({ id, event }) => event.messages?.map((message) => message.id) ?? [id]);
const expected = (count: number) => Array.from({ length: count }, (_, index) => `${hex(index)}·1`);

describe("a storm", () => {
  it("is nine messages and one digest of all the others", async () => {
    const mail = pacedChannel("smtp:ops@example.net");
    await storm(40);
    await outboxes.pass({ operators: [mail] });
    expect(mail.letters).toHaveLength(10);
    expect(mail.letters.at(-1)?.event.messages).toHaveLength(31);
    expect(arrived(mail).toSorted()).toEqual(expected(40));
    expect(await outboxes.store.state.dueCauses(Number.MAX_SAFE_INTEGER - 1)).toEqual([]);
    expect(await outboxes.store.ledger.alerts(100)).toHaveLength(40);
  });

  it("goes on as one digest a minute, of a hundred at most", async () => {
    const mail = pacedChannel("smtp:ops@example.net");
    await storm(130);
    await outboxes.pass({ operators: [mail] });
    expect(arrived(mail)).toHaveLength(109);
    await outboxes.pass({ operators: [mail] });
    expect(mail.letters).toHaveLength(10);
    await storm(5, {}, 130);
    await outboxes.pass({ operators: [mail] });
    expect(mail.letters).toHaveLength(10);
    outboxes.now += minute;
    await outboxes.pass({ operators: [mail] });
    expect(mail.letters).toHaveLength(11);
    expect(arrived(mail).toSorted()).toEqual(expected(135));
  });

  it("is each message alone to a machine", async () => {
    const hook = fakeChannel("webhook:hooks.example");
    await storm(40);
    await outboxes.pass({ operators: [hook] });
    expect(hook.letters).toHaveLength(40);
  });

  it("of one recipient holds up no other one", async () => {
    const [mail, hook, log] = [pacedChannel("smtp:ops@example.net"), fakeChannel("webhook:hooks.example"), fakeLog()];
    await storm(130);
    await outboxes.pass({ operators: [mail, hook], alertLog: log });
    expect(hook.letters).toHaveLength(130);
    expect(log.lines).toHaveLength(130);
    outboxes.now += minute;
    await outboxes.pass({ operators: [mail, hook], alertLog: log });
    expect(hook.letters).toHaveLength(130);
    expect(log.lines).toHaveLength(130);
    expect(arrived(mail)).toHaveLength(130);
  });

  it("waits for nobody who can't be reached", async () => {
    const later: Delivery = { kind: "later", why: "busy" };
    const [mail, hook] = [pacedChannel("smtp:ops@example.net"), fakeChannel("webhook:x", Array(99).fill(later))];
    await storm(130);
    await outboxes.pass({ operators: [hook, mail] });
    outboxes.now += minute;
    await outboxes.pass({ operators: [hook, mail] });
    expect(arrived(mail).toSorted()).toEqual(expected(130));
    expect(hook.letters).toHaveLength(0);
  });

  it("is shared out among all senders: the bucket stands in the store", async () => {
    await storm(40);
    await outboxes.pass({ operators: [pacedChannel("smtp:ops@example.net")] });
    const another = pacedChannel("smtp:ops@example.net");
    await storm(1, {}, 40);
    await outboxes.pass({ operators: [another] });
    expect(another.letters).toHaveLength(0);
    expect((await outboxes.store.state.document("bucket smtp:ops@example.net")).value).toMatchObject({ tokens: 0 });
  });

  it("tells what is critical alone and first", async () => {
    const mail = pacedChannel("smtp:ops@example.net");
    await storm(30, { context: { ...context, severity: "warning" } });
    await storm(2, {}, 30);
    await outboxes.pass({ operators: [mail] });
    expect(
      mail.letters
        .slice(0, 2)
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual([`${hex(30)}·1`, `${hex(31)}·1`]);
    // Two are kept for what is critical.
    expect(mail.letters).toHaveLength(8);
    await storm(1, {}, 32);
    await outboxes.pass({ operators: [mail] });
    expect(mail.letters.at(-1)?.id).toBe(`${hex(32)}·1`);
  });

  it("keeps each incident's messages in their order", async () => {
    const mail = pacedChannel("smtp:ops@example.net");
    for (let index = 0; index < 20; index++) {
      const incident = hex(index);
      const worse = owed({ id: `${incident}·2`, incident, kind: "worse" });
      await outboxes.owing([opening(index), worse]);
    }
    await outboxes.pass({ operators: [mail] });
    const ids = arrived(mail);
    expect(ids).toHaveLength(40);
    for (let index = 0; index < 20; index++) {
      expect(ids.indexOf(`${hex(index)}·1`)).toBeLessThan(ids.indexOf(`${hex(index)}·2`));
    }
  });

  it("comes once more as a whole where its reply is lost, and no alert is missing", async () => {
    const mail = pacedChannel("smtp:ops@example.net");
    let isLost = false;
    const losing: Channel = {
      name: mail.name,
      async deliver(letter) {
        await mail.deliver(letter);
        if (isLost || letter.event.messages === undefined) return { kind: "sent" };
        isLost = true;
        return { kind: "later", why: "the reply was lost" };
      },
    };
    await storm(40);
    await outboxes.pass({ operators: [losing] });
    outboxes.now += minute;
    await outboxes.pass({ operators: [losing] });
    expect(mail.letters.filter(({ event }) => event.messages !== undefined)).toHaveLength(2);
    expect(new Set(arrived(mail)).size).toBe(40);
  });
});

describe("a topic whose subscribers choose by customer", () => {
  it("never puts one customer's trouble beside another's", async () => {
    const topic: FakeChannel & { byCustomer: true } = { ...pacedChannel("sns:operators"), byCustomer: true };
    const of = (customer: string) => ({ context: { ...context, customers: 1, customer } });
    await storm(12, of("acme"));
    await storm(12, of("globex"), 12);
    await storm(3, {}, 24);
    await outboxes.pass({ operators: [topic] });
    const digests = topic.letters.filter(({ event }) => event.messages !== undefined);
    expect(digests.map(({ attributes }) => attributes.customer).toSorted()).toEqual(["acme", "globex"]);
    expect(digests.map(({ event }) => event.messages?.length)).toEqual([3, 3]);
    expect(arrived(topic)).toHaveLength(27);
  });
});

describe("a sender that dies in a storm", () => {
  it.each(["before", "after"] as const)("%s any write loses no alert, and repeats one message", async (when) => {
    await storm(14);
    const counting = crashingStore(outboxes.store);
    await outboxes.pass({ store: counting.store, operators: [pacedChannel("smtp:count@example.net")] });
    const writes = counting.written.length;
    let from = 14;
    for (let fatal = 1; fatal <= writes; fatal += 3) {
      const mail = pacedChannel(`smtp:${fatal}@example.net`);
      await storm(14, {}, from);
      const { store } = crashingStore(outboxes.store, fatal, when);
      await outboxes.pass({ store, operators: [mail] }).catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
      outboxes.now += 20 * minute;
      await outboxes.pass({ operators: [mail] });
      const ids = arrived(mail);
      expect(new Set(ids).size, `dead at write ${fatal}`).toBe(14);
      const sent = mail.letters.map(({ id }) => id);
      const again = mail.letters.filter(({ event }) => (event.messages?.length ?? 1) > 1).length;
      expect(sent.length - new Set(sent).size, `dead at write ${fatal}`).toBeLessThanOrEqual(1);
      expect(again, `dead at write ${fatal}`).toBeLessThanOrEqual(2);
      from += 14;
    }
  });
});
