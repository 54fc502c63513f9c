import { describe, expect, it } from "vitest";
import type { Contact, Customer } from "../../../lib/model/customer.ts";
import { certificatesDigest, type OutboxEntry } from "../../../lib/model/incident.ts";
import { context, noon, owed } from "../../fakes/causes.ts";
import { fakeChannel, pacedChannel } from "../../fakes/channels.ts";
import { customerOf } from "../../fakes/customers.ts";
import { createOutboxes, minute } from "./outboxes.ts";

const outboxes = createOutboxes();
const day = 86_400_000;

function customer(id: string): Customer {
  return customerOf(id, { contacts: [{ email: `it@${id}.example`, sms: null }] });
}

const hex = (number: number) => `CM-B00${number}`;
const sha = (number: number) => `${number}`.repeat(64);

function message(
  number: number,
  owner: string | null,
  kind: "opened" | "recovered" | "reminder" = "opened",
): OutboxEntry {
  const ends = noon + (20 - number) * day;
  const host = `mx${number}.${owner ?? "gateway"}.example`;
  const about = { ...context, host, customer: owner, customers: 1, severity: "warning", ends } as const;
  const id = `${hex(number)}·${kind === "opened" ? 1 : 2}`;
  const alert = { id, incident: hex(number), kind, class: "expiring", at: noon + number, context: about } as const;
  return owed(alert, { digest: kind === "opened" ? certificatesDigest : null });
}

async function expires(number: number, owner: string | null, more: readonly OutboxEntry[] = []): Promise<void> {
  await outboxes.owing([message(number, owner), ...more], { class: "expiring", subject: sha(number) });
}

/** The operators' mailbox, and one for each customer. */
async function mailboxes() {
  await outboxes.store.config.putCustomers([customer("acme"), customer("globex")]);
  const operator = pacedChannel("smtp:ops@example.net");
  const own = { acme: pacedChannel("smtp:it@acme.example"), globex: pacedChannel("smtp:it@globex.example") };
  const contactChannels = ({ email }: Contact) => Object.values(own).filter(({ name }) => name === `smtp:${email}`);
  return { operator, own, world: { operators: [operator], contactChannels } };
}

describe("certificates whose end is far", () => {
  it("are one message a week to each recipient, of those that concern it", async () => {
    const { operator, own, world } = await mailboxes();
    await expires(1, "acme");
    await expires(2, "acme");
    await expires(3, "globex");
    await expires(4, null);
    await outboxes.pass(world);
    await outboxes.pass(world);
    expect(operator.letters.map(({ subject }) => subject)).toEqual([
      "[CM-B001.1+3] Certificates expiring: 4, the first on 2026-12-10",
    ]);
    const lines = operator.letters[0]?.text.split("\n") ?? [];
    expect(lines.filter((line) => line.startsWith("  "))).toEqual([
      "  2026-12-10 12:00:00 UTC  mx4.gateway.example (SHA-256 444444444444...), 1 customer, CM-B004",
      "  2026-12-11 12:00:00 UTC  mx3.globex.example (SHA-256 333333333333...), globex, CM-B003",
      "  2026-12-12 12:00:00 UTC  mx2.acme.example (SHA-256 222222222222...), acme, CM-B002",
      "  2026-12-13 12:00:00 UTC  mx1.acme.example (SHA-256 111111111111...), acme, CM-B001",
    ]);
    expect(operator.letters[0]?.event.messages?.map(({ id }) => id)).toEqual([
      "CM-B001·1",
      "CM-B002·1",
      "CM-B003·1",
      "CM-B004·1",
    ]);
    expect(own.acme.letters.map(({ subject }) => subject)).toEqual([
      "[CM-B001.1+1] Certificates expiring: 2, the first on 2026-12-12",
    ]);
    expect(own.acme.letters[0]?.text).not.toContain("globex");
    // A single one reads as it would alone.
    expect(own.globex.letters.map(({ subject }) => subject)).toEqual([
      "[CM-B003.1] Certificate expiring: mx3.globex.example, expiring, 1 customer",
    ]);
    expect(await outboxes.store.state.dueCauses(Number.MAX_SAFE_INTEGER - 1)).toEqual([]);
  });

  it("are single messages to machines, which have no bucket", async () => {
    const hook = fakeChannel("webhook:hooks.example");
    await expires(1, "acme");
    await expires(2, null);
    await outboxes.pass({ operators: [hook] });
    expect(hook.letters.map(({ id }) => id)).toEqual(["CM-B001·1", "CM-B002·1"]);
  });

  it("urgent ones leave alone, beside the digest", async () => {
    const { operator, world } = await mailboxes();
    await expires(1, "acme");
    await expires(2, "acme");
    const urgent = { ...message(3, "acme"), digest: null };
    await outboxes.owing([urgent], { class: "expiring", subject: sha(3) });
    await outboxes.pass(world);
    expect(operator.letters.map(({ id }) => id).toSorted()).toEqual(["CM-B001·1+1", "CM-B003·1"]);
  });
});

describe("a renewal", () => {
  it("cancels what is queued, and nobody hears of it", async () => {
    const { operator, own, world } = await mailboxes();
    const queued = { ...message(1, "acme"), notBefore: outboxes.now + day };
    await outboxes.owing([queued, message(1, "acme", "recovered")], {
      class: "expiring",
      subject: sha(1),
      state: "clear",
    });
    await outboxes.pass(world);
    outboxes.now += 2 * day;
    await outboxes.pass(world);
    expect([...operator.letters, ...own.acme.letters]).toEqual([]);
    expect(await outboxes.store.ledger.alerts(5)).toMatchObject([
      { alert: { kind: "recovered" }, to: [] },
      { alert: { kind: "opened" }, to: [] },
    ]);
    expect(await outboxes.store.state.dueCauses(Number.MAX_SAFE_INTEGER - 1)).toEqual([]);
  });

  it("is told to those alone who were told that one is needed", async () => {
    const { operator, own, world } = await mailboxes();
    const half = { ...message(1, "acme"), sentTo: ["smtp:it@acme.example"], notBefore: outboxes.now + 5 * minute };
    await outboxes.owing([half, message(1, "acme", "recovered")], {
      class: "expiring",
      subject: sha(1),
      state: "clear",
    });
    await outboxes.pass(world);
    expect(own.acme.letters.map(({ event }) => event.kind)).toEqual(["recovered"]);
    expect(operator.letters).toEqual([]);
  });

  it("is told to all where all were told", async () => {
    const { operator, own, world } = await mailboxes();
    await outboxes.owing([message(1, "acme", "recovered")], { class: "expiring", subject: sha(1), state: "clear" });
    await outboxes.pass(world);
    expect([...operator.letters, ...own.acme.letters].map(({ event }) => event.kind)).toEqual([
      "recovered",
      "recovered",
    ]);
  });
});

it("one that has expired is said to have", async () => {
  const mail = fakeChannel("smtp:ops@example.net");
  const about = { ...context, ends: noon } as const;
  const alert = { ...message(1, null).alert, kind: "worse", at: noon + minute, context: about } as const;
  await outboxes.owing([owed(alert)], { class: "expiring", subject: sha(1) });
  await outboxes.pass({ operators: [mail] });
  expect(mail.letters[0]?.subject).toContain("Worse, Certificate expired: mx1.gateway.example");
  expect(mail.letters[0]?.text).toContain("shows a certificate that has expired.");
});
