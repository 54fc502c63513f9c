/** When something shared is what is told of: how many must suffer, what they must share, and how it is counted. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import { observation } from "../judge/build.ts";
import { every, minute, showing } from "./lab.ts";
import { type Household, householdOf, type Sibling, siblings, subjectOf, targetOf } from "./siblings.ts";

let embedded: EmbeddedStore;
let home: Household;
beforeEach(async () => {
  embedded = await openEmbedded(null);
  home = householdOf(embedded.store);
});
afterEach(() => embedded.close());

const provider = "opened provider:mail.example";
const alone = (some: readonly Sibling[]) => some.map((sibling) => `opened ${subjectOf(sibling)}`).toSorted();
async function lost(known: readonly Sibling[], some: readonly Sibling[]): Promise<readonly string[]> {
  await home.know(known);
  await home.lose(some);
  await home.minutes(2);
  return home.operated().toSorted();
}

describe("of a hundred at one provider", () => {
  const hundred = siblings(100);

  it("twenty are told as one", async () => {
    expect(await lost(hundred, hundred.slice(0, 20))).toEqual([provider]);
    expect(home.operator.letters[0]?.text).toContain("Provider mail.example: 20 of 100 targets.");
  }, 30_000);

  it("nineteen are told each", async () => {
    expect(await lost(hundred, hundred.slice(0, 19))).toEqual(alone(hundred.slice(0, 19)));
  }, 30_000);
});

describe("of a few at one provider", () => {
  it("five of five are told as one", async () => {
    expect(await lost(siblings(5), siblings(5))).toEqual([provider]);
  });

  it("four of four are told each", async () => {
    expect(await lost(siblings(4), siblings(4))).toEqual(alone(siblings(4)));
  });

  it("five that opened within two cycles are one, and of those told before the end is told too", async () => {
    const all = siblings(6);
    await home.know(all);
    await home.lose(all.slice(0, 4));
    await home.minutes(2);
    await home.lose(all.slice(4));
    await home.minutes(2);
    expect(home.operated().toSorted()).toEqual([...alone(all.slice(0, 4)), provider].toSorted());
    await home.mend(all);
    await home.minutes(6);
    const ends = home.operated().filter((line) => line.startsWith("recovered"));
    expect(ends.toSorted()).toEqual(
      [...all.slice(0, 4).map((each) => `recovered ${subjectOf(each)}`), "recovered provider:mail.example"].toSorted(),
    );
  });

  it("those of longer ago don't count", async () => {
    const all = siblings(5);
    await home.know(all);
    await home.lose(all.slice(0, 4));
    await home.minutes(1);
    home.now += 2 * every;
    await home.lose(all.slice(4));
    await home.minutes(2);
    expect(home.operated().toSorted()).toEqual(alone(all));
  });

  it("of different classes aren't one", async () => {
    const all = siblings(6);
    await home.know(all);
    await home.lose(all.slice(0, 3), "cleartext");
    await home.lose(all.slice(3), "unreachable");
    await home.minutes(2);
    expect(home.operated().toSorted()).toEqual(alone(all));
  });
});

describe("what is shared", () => {
  it("may be an address, for six ports of it", async () => {
    const ports = [25, 465, 587, 2525, 2526].map((port, number): Sibling => {
      return { number, port, address: "203.0.113.1", host: `mx${number}.other${number}.example` };
    });
    expect(await lost(ports, ports)).toEqual(["opened address:203.0.113.1"]);
    expect(home.operator.letters[0]?.text).toContain("203.0.113.1");
  });

  it("may be the hosts of one gateway, whatever their names", async () => {
    const hosts = siblings(5).map(({ number }): Sibling => ({ number, host: `mx.gateway${number}.example` }));
    const gateway = { id: "edge", hosts: hosts.map(({ host = "" }) => host), port: 25 };
    await embedded.store.config.putGateways([gateway]);
    expect(await lost(hosts, hosts)).toEqual(["opened mx:edge"]);
  });

  it("may be a certificate, and then it is that, rather than the provider of more", async () => {
    const all = siblings(7);
    await home.know(all);
    for (const [at, sibling] of all.entries()) await show(sibling, at < 5 ? "ab" : `c${at}`);
    await home.lose(all, "unauthenticated");
    await home.minutes(2);
    const parent = `certificate:${"ab".repeat(32)}`;
    expect(home.operated().toSorted()).toEqual([`opened ${parent}`, ...alone(all.slice(5))].toSorted());
  });

  it("is no certificate for those who lost TLS, whatever they show to others", async () => {
    const all = siblings(5).map(({ number }): Sibling => ({ number, host: `mx${number}.other${number}.example` }));
    await home.know(all);
    for (const sibling of all) await show(sibling, "ab");
    await home.lose(all, "weak");
    await home.lose(all, "cleartext");
    await home.minutes(2);
    const parents = home.operated().filter((words) => words.includes("certificate:"));
    expect(parents).toHaveLength(1);
    expect(home.operated()).toHaveLength(6);
  });
});

async function show(sibling: Sibling, byte: string): Promise<void> {
  const facts = observation(showing(byte.repeat(32)), { target: targetOf(sibling), at: home.now });
  const state = { key: subjectOf(sibling), vantage: "here", slice: 1, slot: sibling.number, facts };
  await embedded.store.state.putTarget({ ...state, factsSince: home.now, silence: null, everEncrypted: true });
}

describe("the customers of a parent", () => {
  it("are counted once, however many of its targets they stand behind", async () => {
    const all = siblings(6).map((each): Sibling => ({ ...each, customer: each.number < 4 ? "acme" : "globex" }));
    await lost(all, all);
    expect(home.operator.letters[0]?.subject).toContain("cleartext, 2 customers");
    expect(home.operator.letters[0]?.text).toContain("Customers: 2");
  });

  it("are a most, where several stand behind several", async () => {
    const all = siblings(6).map((each): Sibling => ({ ...each, customer: null, customers: 10 }));
    await lost(all, all);
    expect(home.operator.letters[0]?.subject).toContain("cleartext, at most 60 customers");
    expect(home.operator.letters[0]?.text).toContain("Customers: at most 60");
  });
});

describe("a parent that opens again within the hour", () => {
  it("is told again, and counts anew", async () => {
    const all = siblings(7);
    await home.know(all);
    await home.lose(all.slice(0, 5));
    await home.minutes(2);
    await home.mend(all);
    await home.minutes(6);
    expect(home.operated()).toEqual([provider, "recovered provider:mail.example"]);
    home.now += minute;
    await home.lose(all);
    await home.minutes(2);
    expect(home.operated().slice(2)).toEqual([provider]);
    expect(home.operator.letters[2]?.text).toContain("7 of 7 targets");
  });

  it("is told again where its children were lost before it was over", async () => {
    const all = siblings(10);
    await home.know(all);
    await home.lose(all.slice(0, 5));
    await home.minutes(2);
    await home.mend(all.slice(0, 5));
    await home.minutes(6);
    // Their first bad answer is of before the end of the parent.
    home.now -= 6 * minute;
    await home.lose(all.slice(5));
    home.now += 6 * minute;
    await home.minutes(2);
    expect(home.operated().slice(2)).toEqual([provider]);
  });
});
