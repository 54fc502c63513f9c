/** What an import finds to have never offered TLS is one message to the operators: contacts hear of an end only where they heard of a beginning. */

import { afterEach, beforeEach, expect, it } from "vitest";
import type { Contact } from "../../lib/model/customer.ts";
import { defaultPolicy } from "../../lib/model/policy.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import { fakeChannel } from "../fakes/channels.ts";
import { customerOf } from "../fakes/customers.ts";
import { createLab, entryOf, every, firstCycle, good, type Lab, minute, need, plain } from "./lab.ts";

const address = "203.0.113.1";
const own = { ...need, hop: "downstream", customers: 1, customer: "acme" } as const;

let embedded: EmbeddedStore;
let lab: Lab;
let mailbox: ReturnType<typeof fakeChannel>;
beforeEach(async () => {
  embedded = await openEmbedded(null);
  mailbox = fakeChannel("mail:it@acme.example");
  await embedded.store.config.putCustomers([
    customerOf("acme", { contacts: [{ email: "it@acme.example", sms: null }] }),
  ]);
});
afterEach(() => embedded.close());

async function imported(policy = defaultPolicy): Promise<void> {
  lab = createLab(embedded.store, 1, policy);
  lab.telling = { contactChannels: ({ email }: Contact) => (email === null ? [] : [mailbox]) };
  lab.servers.set(address, plain);
  await lab.put([entryOf(address, { needs: [own], since: firstCycle })]);
  await lab.run(4 * every);
  expect(lab.told()).toEqual([`opened cleartext ${address}:25`]);
  expect(mailbox.letters).toEqual([]);
}
const kinds = (channel: { readonly letters: readonly { readonly event: { readonly kind: string } }[] }) =>
  channel.letters.map(({ event }) => event.kind);

it("its end is told to the operators alone", async () => {
  await imported();
  lab.servers.set(address, good);
  await lab.run(6 * every);
  expect(kinds(lab.operator)).toEqual(["opened", "recovered"]);
  expect(kinds(mailbox)).toEqual([]);
});

it("its end is told to a contact that was reminded of it", async () => {
  await imported({ ...defaultPolicy, remindAfter: 40 * minute });
  await lab.run(10 * every);
  expect(kinds(mailbox)).toEqual(["reminder"]);
  lab.servers.set(address, good);
  await lab.run(6 * every);
  expect(kinds(lab.operator)).toEqual(["opened", "reminder", "recovered"]);
  expect(kinds(mailbox)).toEqual(["reminder", "recovered"]);
});

it("the next loss is told to a contact, from the beginning to the end", async () => {
  await imported();
  lab.servers.set(address, good);
  await lab.run(6 * every);
  lab.servers.set(address, plain);
  await lab.run(2 * every);
  lab.servers.set(address, good);
  await lab.run(6 * every);
  expect(kinds(mailbox)).toEqual(["opened", "recovered"]);
});
