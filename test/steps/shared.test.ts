/** What several customers share, where the operator lets their contacts be told of it: each once, and in words for its own. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RecordEntry } from "../../lib/model/record.ts";
import { changeCause } from "../../lib/steps/change-cause.ts";
import { type CircleBuilder, createCircleBuilder } from "../../lib/steps/circle-build.ts";
import { rounds } from "../../lib/steps/delivery/circle-sender.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import { type FakeChannel, fakeChannel } from "../fakes/channels.ts";
import { Crash, crashingStore } from "../fakes/crash.ts";
import { customerOf } from "../fakes/customers.ts";
import { minute, second } from "./lab.ts";
import { type Household, householdOf, type Sibling, siblings, subjectOf } from "./siblings.ts";

const tellsShared = true;
const mx: Sibling = { number: 1, host: "mx1.gateway.example", sharedBy: ["acme", "globex", "initech"] };
const subject = subjectOf(mx);
const mailOf = (id: string) => `mail:it@${id}.example`;

let embedded: EmbeddedStore;
let home: Household;
async function fresh(): Promise<void> {
  await embedded?.close();
  embedded = await openEmbedded(null);
  home = householdOf(embedded.store);
  home.customerOf = (id) => customerOf(id, { contacts: [{ email: `it@${id}.example`, sms: null }] });
}
beforeEach(fresh);
afterEach(() => embedded.close());

const many = (count: number): Sibling => ({
  ...mx,
  sharedBy: Array.from({ length: count }, (_, number) => `c${String(number).padStart(4, "0")}`),
});
async function keep(builder: CircleBuilder): Promise<void> {
  const circle = builder.circleOf(subject);
  if (circle === undefined) throw new Error("nobody shares it");
  await embedded.store.state.putCircle(subject, circle);
}
const lettersTo = (id: string) => home.channels.get(mailOf(id))?.letters ?? [];
const toAll = (all: Sibling, lines: readonly string[]) =>
  Object.fromEntries((all.sharedBy ?? []).map((id) => [mailOf(id), lines]));
const both = [`opened ${subject}`, `recovered ${subject}`];

describe("a server that three customers share", () => {
  it("is told to each, from the beginning to the end, in words for that one", async () => {
    await home.know([mx]);
    await home.lose([mx]);
    await home.minutes(3, { tellsShared, baseUrl: "https://status.example" });
    await home.mend([mx]);
    await home.minutes(3, { tellsShared, baseUrl: "https://status.example" });
    expect(home.heard()).toEqual(toAll(mx, both));
    expect(home.operated()).toEqual(both);
    const [letter] = lettersTo("globex");
    expect(letter?.subject).toContain("TLS lost: mx1.gateway.example, cleartext, 1 customer");
    expect(letter?.text).toContain("Customers: 1 (globex)");
    expect(letter?.text).toContain("https://status.example/customers/globex");
    expect(letter?.event).toMatchObject({ customer: "globex", customers: 1 });
    expect(JSON.stringify(letter)).not.toMatch(/acme|initech/);
    expect(home.operator.letters[0]?.text).toContain("Customers: 3\n");
    expect(await embedded.store.state.dueCauses(home.now)).toEqual([]);
  });

  it("is told to the operators alone where he doesn't let them", async () => {
    await home.know([mx]);
    await home.lose([mx]);
    await home.minutes(3);
    await home.mend([mx]);
    await home.minutes(3);
    expect(home.heard()).toEqual({});
    expect(home.operated()).toEqual(both);
  });

  it("stands in the record with all who were told", async () => {
    await home.know([mx]);
    await home.lose([mx]);
    await home.minutes(3, { tellsShared });
    const told: string[] = [];
    for await (const { text } of embedded.store.ledger.record()) {
      const entry: RecordEntry = JSON.parse(text ?? "null");
      if (entry.kind === "told-contacts") told.push(...entry.to);
    }
    expect(told.toSorted()).toEqual(["acme", "globex", "initech"].map(mailOf));
  });

  it("is one message to a mailbox that is the contact of several", async () => {
    home.customerOf = (id) => {
      const email = id === "initech" ? "it@initech.example" : "noc@msp.example";
      return customerOf(id, { contacts: [{ email, sms: null }] });
    };
    await home.know([mx]);
    await home.lose([mx]);
    await home.minutes(3, { tellsShared });
    expect(home.heard()).toEqual({
      "mail:noc@msp.example": [`opened ${subject}`],
      "mail:it@initech.example": [`opened ${subject}`],
    });
    const [letter] = home.channels.get("mail:noc@msp.example")?.letters ?? [];
    expect(letter?.text).toContain("your customers: acme, globex");
    expect(letter?.event).toMatchObject({ customer: null, customers: 2 });
  });

  it("names the server as each of them knows it", async () => {
    const builder = createCircleBuilder();
    await home.know([mx]);
    for (const id of mx.sharedBy ?? []) builder.add(subject, home.customerOf(id), "", `mail.${id}.example`);
    await keep(builder);
    await home.lose([mx]);
    await home.minutes(3, { tellsShared });
    expect(lettersTo("acme")[0]?.subject).toContain("TLS lost: mail.acme.example");
    expect(lettersTo("globex")[0]?.subject).toContain("TLS lost: mail.globex.example");
  });

  it("is told to second contacts when nobody acknowledged it, and its end too", async () => {
    home.customerOf = (id) =>
      customerOf(id, { contacts: [{ email: `boss@${id}.example`, sms: null, after: 10 * minute }] });
    await home.know([mx]);
    await home.lose([mx]);
    await home.minutes(9, { tellsShared });
    expect(home.heard()).toEqual({});
    await home.minutes(6, { tellsShared });
    await home.mend([mx]);
    await home.minutes(3, { tellsShared });
    const lines = [`escalated ${subject}`, `recovered ${subject}`];
    expect(home.heard()).toEqual(
      Object.fromEntries((mx.sharedBy ?? []).map((id) => [`mail:boss@${id}.example`, lines])),
    );
  });

  it("reaches only those whose wish suffers, and by the name that does", async () => {
    const builder = createCircleBuilder();
    await home.know([mx]);
    const about: readonly (readonly [id: string, need: string, host: string])[] = [
      ["acme", "strict", "mail.acme.example"],
      ["globex", "strict", "mail.globex.example"],
      ["initech", "lax", "mail.acme.example"],
    ];
    for (const [id, need, host] of about) builder.add(subject, home.customerOf(id), need, host);
    await keep(builder);
    await home.lose([mx], "unauthenticated");
    await changeCause(embedded.store, "unauthenticated", subject, (cause) => {
      const suffers = { needs: ["strict"], names: ["mail.acme.example"] };
      const outbox = cause?.outbox.map((entry) => {
        return { ...entry, alert: { ...entry.alert, context: { ...entry.alert.context, ...suffers } } };
      });
      return cause && { ...cause, outbox: outbox ?? [] };
    });
    await home.minutes(3, { tellsShared });
    expect(home.heard()).toEqual({ [mailOf("acme")]: [`opened ${subject}`] });
  });

  it("is none of a customer's silence, which is of its own servers, and of the operator's all the more", async () => {
    await home.know([mx]);
    const times = { reason: "known", by: "ops", from: home.now, until: home.now + 20 * minute };
    const wholly = { customer: null, host: null, class: null };
    await embedded.store.config.putSilence({ id: "S-0000A1", covers: { ...wholly, customer: "acme" }, ...times });
    await home.lose([mx]);
    await home.minutes(3, { tellsShared });
    expect(home.heard()).toEqual(toAll(mx, [`opened ${subject}`]));

    await home.mend([mx]);
    await embedded.store.config.putSilence({ id: "S-0000A2", covers: { ...wholly, host: subject }, ...times });
    await home.minutes(3, { tellsShared });
    expect(home.heard()).toEqual(toAll(mx, [`opened ${subject}`]));
    home.now += 20 * minute;
    await home.minutes(3, { tellsShared });
    expect(home.heard()).toEqual(toAll(mx, both));
  });
});

describe("a server that very many share", () => {
  const all = many(230);

  it("is told to all of them, round by round", async () => {
    await home.know([all]);
    await home.lose([all]);
    await home.minutes(3, { tellsShared });
    expect(home.heard()).toEqual(toAll(all, [`opened ${subject}`]));
  }, 60_000);

  it("takes no pass longer than its time, and goes on where it stopped; an end in between is told to each as it fits", async () => {
    await home.know([all]);
    await home.lose([all]);
    const slow = slowly(second);
    await home.minutes(2, { tellsShared, contactChannels: slow.of });
    const first = [...slow.letters.keys()];
    const most = rounds.mostMs / second;
    expect(first.length).toBeGreaterThan(0);
    expect(first.length).toBeLessThanOrEqual(2 * most);
    const outbox = (await home.cause(subject))?.outbox[0];
    expect(outbox?.sentTo.length).toBeLessThanOrEqual(1 + rounds.contacts);

    await home.mend([all]);
    await home.minutes(12, { tellsShared, contactChannels: slow.of });
    const kinds = new Map([...slow.letters].map(([name, letters]) => [name, letters.map(({ event }) => event.kind)]));
    expect(kinds.size).toBe(230);
    for (const [name, told] of kinds)
      expect(told).toEqual(first.includes(name) ? ["opened", "recovered"] : ["recovered"]);
    const last = slow.letters.get(mailOf(all.sharedBy?.at(-1) ?? ""));
    expect(last?.[0]?.subject).toContain("Over, TLS lost");
    expect(slow.letters.get(first[0] ?? "")?.[1]?.subject).toContain("Recovered");
    expect((await home.cause(subject))?.outbox ?? []).toEqual([]);
  }, 120_000);
});

describe("what comes to be owed while very many are told", () => {
  it("waits for a few of them, and not for all", async () => {
    const all = many(100);
    const other: Sibling = { number: 2 };
    await home.know([all, other]);
    await home.lose([all]);
    await home.notify({ tellsShared });
    home.now += minute;
    const slow = slowly(second, async (count) => {
      if (count === 3) await home.lose([other]);
    });
    await home.notify({ tellsShared, contactChannels: slow.of });
    expect(slow.letters.size).toBeGreaterThan(3);
    expect(slow.letters.size).toBeLessThan(15);
    await home.minutes(2, { tellsShared });
    expect(home.operated()).toContain(`opened ${subjectOf(other)}`);
  });
});

/** Channels that take `ms` for each message. */
function slowly(ms: number, meanwhile: (count: number) => Promise<void> = async () => {}) {
  const letters = new Map<string, FakeChannel["letters"]>();
  const of = ({ email }: { readonly email: string | null }) => {
    const name = `mail:${email}`;
    const channel = fakeChannel(name);
    return [
      {
        ...channel,
        async deliver(letter: Parameters<FakeChannel["deliver"]>[0]) {
          home.now += ms;
          letters.set(name, [...(letters.get(name) ?? []), letter]);
          await meanwhile(letters.size);
          return channel.deliver(letter);
        },
      },
    ];
  };
  return { letters, of };
}

describe("two senders", () => {
  it("at once tell each contact once", async () => {
    const all = many(40);
    await home.know([all]);
    await home.lose([all]);
    await home.minutes(1, { tellsShared });
    await Promise.all([home.notify({ tellsShared }), home.notify({ tellsShared })]);
    await home.minutes(2, { tellsShared });
    expect(home.heard()).toEqual(toAll(all, [`opened ${subject}`]));
    expect(home.operated()).toEqual([`opened ${subject}`]);
  });
});

describe("a contact that can't be reached", () => {
  it("holds up nobody else, and gets all in order when it can", async () => {
    await home.know([mx]);
    const down = home.channels.get(mailOf("globex")) ?? fakeChannel(mailOf("globex"));
    (home.channels as Map<string, FakeChannel>).set(down.name, down);
    for (let tries = 0; tries < 3; tries++) down.answers.push({ kind: "later", why: "greylisted" });
    await home.lose([mx]);
    await home.minutes(2, { tellsShared });
    expect(Object.keys(home.heard()).toSorted()).toEqual([mailOf("acme"), mailOf("initech")]);
    await home.minutes(10, { tellsShared });
    await home.mend([mx]);
    await home.minutes(3, { tellsShared });
    expect(home.heard()).toEqual(toAll(mx, both));
    expect(home.operated()).toEqual(both);
  });

  it("hears of beginning and end at once, where it was down in between", async () => {
    await home.know([mx]);
    const down = fakeChannel(mailOf("globex"));
    (home.channels as Map<string, FakeChannel>).set(down.name, down);
    for (let tries = 0; tries < 3; tries++) down.answers.push({ kind: "later", why: "greylisted" });
    await home.lose([mx]);
    await home.minutes(2, { tellsShared });
    await home.mend([mx]);
    await home.minutes(8, { tellsShared });
    expect(home.heard()).toEqual({ ...toAll(mx, both), [down.name]: [`recovered ${subject}`] });
    expect(down.letters[0]?.subject).toContain("Over, TLS lost");
  });

  it("and no other either: what a silence then holds until it is over is told to nobody", async () => {
    await home.know([mx]);
    const later = { kind: "later", why: "greylisted" } as const;
    const all = (mx.sharedBy ?? []).map((id) => fakeChannel(mailOf(id), [later, later, later]));
    for (const channel of all) (home.channels as Map<string, FakeChannel>).set(channel.name, channel);
    await home.lose([mx]);
    await home.minutes(2, { tellsShared, operators: [] });
    expect((await home.cause(subject))?.outbox[0]?.circle).toMatchObject({ isLast: true, isUnheard: true });
    const covers = { customer: null, host: subject, class: null };
    const until = home.now + 30 * minute;
    await embedded.store.config.putSilence({ id: "S1", covers, reason: "moving", by: "ada", from: home.now, until });
    await home.minutes(5, { tellsShared, operators: [] });
    await home.mend([mx]);
    await home.minutes(40, { tellsShared, operators: [] });
    expect(home.heard()).toEqual({});
    expect((await home.cause(subject))?.outbox ?? []).toEqual([]);
  });

  it("for good is recorded, and nobody waits for it", async () => {
    await home.know([mx]);
    const dead = fakeChannel(mailOf("globex"), [{ kind: "never", why: "550 no such user" }]);
    (home.channels as Map<string, FakeChannel>).set(dead.name, dead);
    await home.lose([mx]);
    await home.minutes(3, { tellsShared });
    expect(Object.keys(home.heard()).toSorted()).toEqual([mailOf("acme"), mailOf("initech")]);
    expect((await home.cause(subject))?.outbox).toEqual([]);
    expect(await home.cause(dead.name, "deaf")).toMatchObject({ state: "open" });
  });
});

describe("a process that dies at any write while it tells them", () => {
  const family = siblings(5).map(
    (each): Sibling => (each.number < 2 ? { ...each, sharedBy: ["acme", "globex"] } : each),
  );

  it.each([
    ["one server", [mx]],
    ["a family", family],
  ])(
    "of %s leaves nobody untold, and repeats it to one at most",
    async (_, all) => {
      const story = async (fatal: number) => {
        await fresh();
        await home.know(all);
        const dying = crashingStore(embedded.store, fatal, "before");
        home.store = dying.store;
        await home.lose(all);
        for (let minutes = 0; minutes < 6; minutes++) {
          try {
            await home.minutes(1, { tellsShared });
          } catch (error) {
            if (!(error instanceof Crash)) throw error;
            home.store = embedded.store;
            home.now += 2 * minute;
          }
        }
        const heard = home.heard();
        const told = Object.entries(heard).map(([name, lines]) => {
          const subjects = lines.flatMap((line) => line.split(" ").slice(1)).toSorted();
          return `${name} ${[...new Set(subjects)].join(" ")}`;
        });
        const messages = Object.values(heard).flat().length + home.operated().length;
        const left = (await embedded.store.state.activeCauses()).filter(({ value }) => value.outbox.length > 0);
        expect(left, `dead before write ${fatal}`).toEqual([]);
        return { writes: dying.written.length, told: told.toSorted(), messages };
      };
      const calm = await story(Number.POSITIVE_INFINITY);
      const contacts = new Set(all.flatMap(({ number, sharedBy = [`c${number}`] }) => sharedBy)).size;
      expect(calm.messages).toBe(contacts + 1);
      for (let fatal = 1; fatal <= calm.writes; fatal++) {
        const { told, messages } = await story(fatal);
        expect(told, `dead before write ${fatal}`).toEqual(calm.told);
        expect(messages, `dead before write ${fatal}`).toBeLessThanOrEqual(calm.messages + 1);
      }
    },
    240_000,
  );
});

describe("several servers of one customer under one parent", () => {
  const own = siblings(6).map((each): Sibling => ({ ...each, customer: each.number < 3 ? "acme" : `c${each.number}` }));
  const parent = "provider:mail.example";
  const acmes = own.slice(0, 3).map(subjectOf).join(" ");

  it("are one message to its contact, which names them, and one when they are well", async () => {
    await home.know(own);
    await home.lose(own);
    await home.minutes(2, { tellsShared });
    await home.mend(own);
    await home.minutes(6, { tellsShared });
    expect(home.heard()[mailOf("acme")]).toEqual([`opened ${acmes}`, `recovered ${acmes}`]);
    expect(home.heard()[mailOf("c4")]).toEqual(
      [4].flatMap((number) => both.map((line) => line.replace(subject, subjectOf({ number })))),
    );
    expect(home.operated()).toEqual([`opened ${parent}`, `recovered ${parent}`]);
    const [letter] = lettersTo("acme");
    expect(letter?.subject).toContain("TLS lost: 3 servers, cleartext, 1 customer");
    for (const { number } of own.slice(0, 3))
      expect(letter?.text).toContain(`mx${number}.mail.example (203.0.113.${number}:25) no longer`);
    expect(letter?.text).toContain("Customers: 1 (acme)");
    expect(letter?.text).not.toContain("mx3.mail.example");
    expect(letter?.event).toMatchObject({ kind: "opened", customer: "acme", customers: 1 });
  });

  it("are so, too, where others share some of them", async () => {
    const some = own.map((each): Sibling => (each.number === 1 ? { number: 1, sharedBy: ["acme", "globex"] } : each));
    await home.know(some);
    await home.lose(some);
    await home.minutes(3, { tellsShared });
    expect(home.heard()[mailOf("acme")]).toEqual([`opened ${acmes}`]);
    expect(home.heard()[mailOf("globex")]).toEqual([`opened ${subjectOf({ number: 1 })}`]);
  });

  it("that suffer longer than it are told as what they are: still so", async () => {
    await home.know(own);
    await home.lose(own);
    await home.minutes(2, { tellsShared });
    await home.mend(own.slice(1));
    await home.minutes(6, { tellsShared });
    const [first] = own.map(subjectOf);
    const rest = own.slice(1, 3).map(subjectOf).join(" ");
    expect(home.operated()).toEqual([`opened ${parent}`, `recovered ${parent}`, `opened ${first}`]);
    expect(home.heard()[mailOf("acme")]).toEqual([`opened ${acmes}`, `recovered ${rest}`, `reminder ${first}`]);
    expect(lettersTo("acme")[2]?.subject).toContain("Still open, TLS lost");
    await home.mend(own.slice(0, 1));
    await home.minutes(6, { tellsShared });
    expect(home.heard()[mailOf("acme")]?.at(-1)).toBe(`recovered ${first}`);
    expect(home.operated().at(-1)).toBe(`recovered ${first}`);
  });

  it("that suffer longer open for those who were told of nothing", async () => {
    await home.know(own);
    await home.lose(own);
    await home.minutes(2);
    await home.mend(own.slice(1));
    await home.minutes(6);
    expect(home.heard()).toEqual({ [mailOf("acme")]: [`opened ${subjectOf({ number: 0 })}`] });
  });

  it("are still so to a contact that had the parent's message, where all of it was its own", async () => {
    const theirs = own.map((each): Sibling => ({ ...each, customer: "acme" }));
    await home.know(theirs);
    await home.lose(theirs);
    await home.minutes(2);
    await home.mend(theirs.slice(1));
    await home.minutes(6);
    const kinds = [`opened ${parent}`, `recovered ${parent}`, `reminder ${subjectOf({ number: 0 })}`];
    expect(home.heard()).toEqual({ [mailOf("acme")]: kinds });
  });
});
