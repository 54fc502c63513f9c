import { describe, expect, it } from "vitest";
import { subscribe, unsubscribe, unsubscribedIn, wantedContacts } from "../../lib/steps/unsubscribe.ts";
import type { Store } from "../../lib/store/store.ts";
import { fakeChannel } from "../fakes/channels.ts";
import { createOutboxes, minute } from "./delivery/outboxes.ts";

const outboxes = createOutboxes();
const address = "it@acme.example";
const leave = (store: Store = outboxes.store) =>
  unsubscribe(store, { address, customer: "acme", by: "page" }, outboxes.now);

describe("a contact that leaves", () => {
  it("is told of by a message that no crash swallows", async () => {
    const ops = fakeChannel("console");
    const { store } = outboxes;
    const putChoice = () => Promise.reject(new Error("crashed"));
    await expect(leave({ ...store, state: { ...store.state, putChoice } })).rejects.toThrow("crashed");
    await outboxes.pass({ operators: [ops] });
    expect(ops.letters.map(({ event }) => `${event.class} ${event.kind}`)).toEqual(["deaf opened"]);
    expect(await store.state.choice(address)).toBeUndefined();
    // It does it again: then it stands, and the operator has it twice at most.
    outboxes.now += minute;
    await leave();
    await leave();
    await outboxes.pass({ operators: [ops] });
    expect(ops.letters).toHaveLength(2);
    expect([...(await unsubscribedIn(store.state))]).toEqual([address]);
  });

  it("and comes and goes is told of each time it leaves: that is no flapping", async () => {
    const ops = fakeChannel("console");
    for (let times = 0; times < 5; times++) {
      await leave();
      await outboxes.pass({ operators: [ops] });
      outboxes.now += minute;
      expect(await subscribe(outboxes.store, { address, by: "page" }, outboxes.now)).toBe(true);
      expect(await subscribe(outboxes.store, { address, by: "page" }, outboxes.now)).toBe(false);
      outboxes.now += minute;
    }
    expect(ops.letters.map(({ event }) => event.kind)).toEqual(Array(5).fill("opened"));
    expect((await unsubscribedIn(outboxes.store.state)).size).toBe(0);
  });

  it("keeps its phone, whatever the case of its address", async () => {
    await leave();
    const contact = { email: "IT@acme.example", sms: "+4915112345678", after: minute };
    expect(await wantedContacts(outboxes.store, [contact])).toEqual([{ ...contact, email: null }]);
  });
});
