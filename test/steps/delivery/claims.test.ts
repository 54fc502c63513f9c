import { describe, expect, it } from "vitest";
import type { Channel, Delivery } from "../../../lib/model/ports.ts";
import { owed } from "../../fakes/causes.ts";
import { type FakeChannel, fakeChannel } from "../../fakes/channels.ts";
import { Crash, crashingStore } from "../../fakes/crash.ts";
import { createOutboxes, minute } from "./outboxes.ts";

const outboxes = createOutboxes();
const phone = (answers: Delivery[] = []): FakeChannel & { claimsFirst: true } => ({
  ...fakeChannel("sms:+4915112345678", answers),
  claimsFirst: true,
});

describe("a channel that claims first, as SMS", () => {
  it("has the message marked before it leaves", async () => {
    const subject = await outboxes.owing([owed()]);
    let marked: readonly string[] | undefined;
    const looking: Channel = {
      name: "sms:+4915112345678",
      claimsFirst: true,
      async deliver() {
        marked = (await outboxes.cause(subject))?.outbox[0]?.sentTo;
        return { kind: "sent" };
      },
    };
    const { sent } = await outboxes.pass({ operators: [looking] });
    expect(marked).toEqual(["sms:+4915112345678"]);
    expect(sent).toHaveLength(1);
  });

  it("isn't tried again when nobody knows whether it arrived: that is said, and recorded", async () => {
    const sms = phone([{ kind: "later", why: "timed out" }]);
    await outboxes.owing([owed()]);
    const { dead, later } = await outboxes.pass({ operators: [sms] });
    expect(dead).toMatchObject([{ to: "sms:+4915112345678", why: "timed out" }]);
    expect(later).toEqual([]);
    outboxes.now += 20 * minute;
    await outboxes.pass({ operators: [sms] });
    expect(sms.tries()).toBe(1);
    const [kept] = await outboxes.store.ledger.alerts(1);
    expect(kept?.to).toEqual(["sms:+4915112345678 (undeliverable)"]);
  });

  it.each(["before", "after"] as const)(
    "never gets a message twice, whichever write its sender dies %s",
    async (when) => {
      await outboxes.owing([owed()]);
      const counting = crashingStore(outboxes.store);
      await outboxes.pass({ store: counting.store, operators: [phone(), fakeChannel("console")] });
      let lost = 0;
      for (let fatal = 1; fatal <= counting.written.length; fatal++) {
        const [sms, operator] = [phone(), fakeChannel("console")];
        await outboxes.owing([owed()]);
        const { store } = crashingStore(outboxes.store, fatal, when);
        await expect(outboxes.pass({ store, operators: [sms, operator] })).rejects.toThrow(Crash);
        outboxes.now += 2 * minute;
        await outboxes.pass({ operators: [sms, operator] });
        expect(sms.letters.length, `dead at write ${fatal}`).toBeLessThanOrEqual(1);
        expect(operator.letters.length, `dead at write ${fatal}`).toBeGreaterThanOrEqual(1);
        lost += 1 - sms.letters.length;
      }
      // Only where it died between the claim and the delivery.
      expect(lost).toBe(when === "after" ? 1 : 0);
    },
  );

  it("never gets it from two senders", async () => {
    const sms = phone();
    await outboxes.owing([owed()]);
    await Promise.all([outboxes.pass({ operators: [sms] }), outboxes.pass({ operators: [sms] })]);
    expect(sms.letters).toHaveLength(1);
  });
});
