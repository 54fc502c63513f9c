/** One certificate on several hosts: one message for it, to the contacts of all who show it. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { needId } from "../../lib/judge/need-id.ts";
import type { Contact } from "../../lib/model/customer.ts";
import { certificatesDigest } from "../../lib/model/incident.ts";
import { createCircleBuilder } from "../../lib/steps/circle-build.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import { context, openCause, owed } from "../fakes/causes.ts";
import { type FakeChannel, fakeChannel } from "../fakes/channels.ts";
import { customerOf } from "../fakes/customers.ts";
import { createLab, entryOf, every, firstCycle, keyOf, type Lab, minute, need, showing, start } from "./lab.ts";

const day = 86_400_000;
const old = "aa".repeat(32);
const ending = showing(old, { notBefore: start - 80 * day, notAfter: start + 6 * day, dnsNames: ["*.hosts.example"] });
const renewed = showing("bb".repeat(32), { dnsNames: ["*.hosts.example"] });
const addressOf = (number: number) => `203.0.113.${number}`;
const customerNamed = (id: string) => customerOf(id, { contacts: [{ email: `it@${id}.example`, sms: null }] });

let embedded: EmbeddedStore;
let lab: Lab;
let channels: Map<string, FakeChannel>;
beforeEach(async () => {
  embedded = await openEmbedded(null);
  lab = createLab(embedded.store, 1);
  channels = new Map();
  const contactChannels = ({ email }: Contact) => {
    const name = `mail:${email}`;
    const channel = channels.get(name) ?? fakeChannel(name);
    channels.set(name, channel);
    return [channel];
  };
  lab.telling = { tellsShared: true, contactChannels };
});
afterEach(() => embedded.close());

const verified = { ...need, require: { ...need.require, level: "verified" } } as const;
const hostOf = (number: number) => `mail${number}.hosts.example`;

/** One host for each; null: several customers share it. */
async function have(...owners: readonly (string | null)[]): Promise<void> {
  await lab.put(
    owners.map((customer, number) =>
      entryOf(addressOf(number), {
        names: [{ name: hostOf(number), since: firstCycle - 1000 }],
        needs: [{ ...verified, customers: customer === null ? 2 : 1, customer }],
      }),
    ),
  );
  await embedded.store.config.putCustomers([...new Set(owners.flatMap((id) => id ?? []))].map(customerNamed));
  for (const number of owners.keys()) lab.servers.set(addressOf(number), ending);
}

/** Whom each contact heard of, without those that heard nothing. */
function heard(): Readonly<Record<string, readonly string[]>> {
  const told = [...channels].map(
    ([name, { letters }]) => [name, letters.map(({ event }) => `${event.kind} ${event.host}`)] as const,
  );
  return Object.fromEntries(told.filter(([, lines]) => lines.length > 0));
}
const operated = () => lab.operator.letters.map(({ event }) => `${event.kind} ${event.class} ${event.subject}`);

describe("a certificate that ends, on the hosts of three customers", () => {
  it("is one message to each, of its own host, and one to the operators, of all", async () => {
    await have("acme", "globex", "initech");
    await lab.run(3 * every);
    expect(operated()).toEqual([`opened expiring ${old}`]);
    expect(heard()).toEqual({
      "mail:it@acme.example": [`opened ${hostOf(0)}`],
      "mail:it@globex.example": [`opened ${hostOf(1)}`],
      "mail:it@initech.example": [`opened ${hostOf(2)}`],
    });
    const letter = channels.get("mail:it@globex.example")?.letters[0];
    expect(letter?.event).toMatchObject({ customers: 1, customer: "globex" });
    expect(JSON.stringify(letter)).not.toMatch(/acme|initech|mail0|mail2/);
    expect(await embedded.store.state.cause("expiring", old)).toMatchObject({
      value: { context: { customers: 3, customer: null }, outbox: [] },
    });
  });

  it("is told by its hosts to the operators, who get no more than one message", async () => {
    await have("acme", "globex", "initech");
    lab.telling = { ...lab.telling, tellsShared: false };
    await lab.run(3 * every);
    expect(operated()).toEqual([`opened expiring ${old}`]);
    expect(heard()).toEqual({});
  });

  it("is cancelled for one by its renewal, and its end is told when all have renewed it", async () => {
    await have("acme", "globex");
    await lab.run(3 * every);
    lab.servers.set(addressOf(0), renewed);
    await lab.run(3 * every);
    expect(await embedded.store.state.shown(old)).toMatchObject([
      { target: keyOf(addressOf(0)), gone: expect.any(Number) },
      { target: keyOf(addressOf(1)), gone: null },
    ]);
    expect(operated()).toEqual([`opened expiring ${old}`]);
    lab.servers.set(addressOf(1), renewed);
    await lab.run(10 * every);
    expect(operated()).toEqual([`opened expiring ${old}`, `recovered expiring ${old}`]);
    expect(heard()).toEqual({
      "mail:it@acme.example": [`opened ${hostOf(0)}`, `recovered ${hostOf(0)}`],
      "mail:it@globex.example": [`opened ${hostOf(1)}`, `recovered ${hostOf(1)}`],
    });
  });

  it("reminds only those who show it still", async () => {
    await have("acme", "globex");
    const soon = showing(old, {
      notBefore: start - 80 * day,
      notAfter: start + day + 60 * minute,
      dnsNames: ["*.hosts.example"],
    });
    for (const number of [0, 1]) lab.servers.set(addressOf(number), soon);
    await lab.run(3 * every);
    lab.servers.set(addressOf(0), renewed);
    await lab.run(60 * minute);
    expect(heard()["mail:it@acme.example"]).toEqual([`opened ${hostOf(0)}`]);
    expect(heard()["mail:it@globex.example"]).toEqual([`opened ${hostOf(1)}`, `reminder ${hostOf(1)}`]);
  });
});

describe("a certificate on several hosts of one customer", () => {
  it("is its own: one message, whether or not others' trouble is told", async () => {
    await have("acme", "acme", "acme");
    lab.telling = { ...lab.telling, tellsShared: false };
    await lab.run(3 * every);
    expect(heard()).toEqual({ "mail:it@acme.example": [`opened ${hostOf(0)}`] });
    expect(channels.get("mail:it@acme.example")?.letters[0]?.event).toMatchObject({ customers: 1, customer: "acme" });
  });
});

describe("a certificate on a host that several share", () => {
  it("reaches them, and those who show it elsewhere, each once", async () => {
    await have(null, "acme");
    const circles = createCircleBuilder();
    const sharing = ["acme", "globex"].map(customerNamed);
    const wish = needId(verified);
    for (const customer of sharing) circles.add(keyOf(addressOf(0)), customer, wish, hostOf(0));
    const circle = circles.circleOf(keyOf(addressOf(0)));
    if (circle === undefined) throw new Error("nobody shares it");
    await embedded.store.state.putCircle(keyOf(addressOf(0)), circle);
    await lab.run(3 * every);
    expect(heard()).toEqual({
      "mail:it@acme.example": [`opened ${hostOf(0)}`],
      "mail:it@globex.example": [`opened ${hostOf(0)}`],
    });
    expect(channels.get("mail:it@acme.example")?.letters[0]?.text).toContain(
      `your servers: ${hostOf(0)}, ${hostOf(1)}`,
    );
    expect(lab.operator.letters[0]?.text).toContain("Customers: at most 3");
  });
});

describe("certificates whose end is far, on hosts of several", () => {
  it("are one message a week to each contact, of those that it shows", async () => {
    await embedded.store.config.putCustomers(["acme", "globex"].map(customerNamed));
    const owners = [
      ["acme", "globex"],
      ["acme", "globex"],
      ["acme", "acme"],
    ];
    for (const [number, [first = "", second = ""]] of owners.entries()) {
      const sha256 = `${number + 1}`.repeat(64);
      const ends = start + (15 + number) * day;
      const about = { ...context, host: hostOf(number), customers: 2, customer: null, ends };
      const id = `CM-B00${number}`;
      const alert = {
        id: `${id}·1`,
        incident: id,
        class: "expiring",
        subject: sha256,
        at: start - day,
        context: about,
      } as const;
      const cause = openCause([owed(alert, { digest: certificatesDigest })], { class: "expiring", subject: sha256 });
      await embedded.store.state.putCause({ value: cause, version: 0 });
      for (const [host, customer] of [first, second].entries()) {
        const shown = { host: hostOf(host), customer, customers: 1, needs: [], names: [], gone: null, ends };
        await embedded.store.state.putShown(sha256, { ...shown, target: keyOf(addressOf(host)) });
      }
    }
    await lab.run(minute);
    const subjects = (id: string) => channels.get(`mail:it@${id}.example`)?.letters.map(({ subject }) => subject);
    expect(subjects("acme")).toEqual(["[CM-B000.1+2] Certificates expiring: 3, the first on 2026-12-10"]);
    expect(subjects("globex")).toEqual(["[CM-B000.1+1] Certificates expiring: 2, the first on 2026-12-10"]);
    expect(channels.get("mail:it@globex.example")?.letters[0]?.text).not.toContain("acme");
  });
});
