import { describe, expect, it, test } from "vitest";
import {
  type Customer,
  defaultFloor,
  defaultRequirement,
  type Floor,
  type Gateway,
  type RequirementLevel,
  seedTlsModeRule,
  type VantageConfig,
} from "../../lib/model/customer.ts";
import type { KnownDns } from "../../lib/model/reach.ts";
import type { Slice } from "../../lib/model/roster.ts";
import { targetKey } from "../../lib/model/target.ts";
import { createRosterBuilder } from "../../lib/steps/roster.ts";
import { customerOf } from "../fakes/customers.ts";

const gateways: readonly Gateway[] = [
  { id: "gw", hosts: ["mx1.gw.example"], port: 25 },
  { id: "lab", hosts: ["mx1.gw.example"], port: 2525 },
];

/** Exchanges by domain, and addresses by host, in one table. */
const dns = (table: Readonly<Record<string, readonly string[]>>): KnownDns => ({
  exchangesOf: (domain) => table[domain] ?? [],
  addressesOf: (host) => table[host] ?? [],
});

const world = dns({
  "acme.example": ["mx1.gw.example", "mx2.gw.example"],
  "beta.example": ["mx1.gw.example"],
  "mx1.gw.example": ["192.0.2.1", "2001:db8::1"],
  "mx2.gw.example": ["192.0.2.2"],
  "mail.acme.example": ["198.51.100.7"],
});

const customer = (id: string, over: Partial<Customer> = {}): Customer =>
  customerOf(id, {
    created: "2020-01-01",
    gateway: "gw",
    domains: [{ name: "acme.example", tlsMode: null }],
    ...over,
  });

const server = { host: "mail.acme.example", port: 25, tls: "starttls", name: "mail.acme.example" } as const;

function build(
  customers: readonly Customer[],
  old: readonly Slice[] = [],
  cycle = 100,
  known = world,
  vantages: readonly VantageConfig[] = [],
) {
  const builder = createRosterBuilder({ tlsModeRule: seedTlsModeRule, vantages, canaries: [] }, gateways, known);
  for (const one of customers) builder.add(one);
  return builder.build(old, cycle);
}

/** The roster after `changed` were put. */
const put = (old: readonly Slice[], changed: readonly Slice[]): readonly Slice[] => [
  ...old.filter(({ number }) => changed.every((slice) => slice.number !== number)),
  ...changed,
];
const entriesOf = (slices: readonly Slice[]) =>
  slices.flatMap(({ entries }) => entries.filter((entry) => entry !== null));
const keysOf = (slices: readonly Slice[]) => entriesOf(slices).map(({ target }) => targetKey(target));

describe("the targets of a customer", () => {
  it("are every address of every exchange, on port 25 by STARTTLS, and its own servers", () => {
    const { changed, added } = build([customer("acme", { downstream: [server] })]);
    expect(keysOf(changed)).toEqual(["192.0.2.1:25", "192.0.2.2:25", "198.51.100.7:25", "[2001:db8::1]:25"]);
    expect(added).toBe(4);
    expect(changed).toMatchObject([{ number: 1, vantage: "here" }]);
  });

  it("are dialled where the gateway listens", () => {
    expect(keysOf(build([customer("acme", { gateway: "lab" })]).changed)).toContain("192.0.2.1:2525");
  });

  it("have the exchange's name on the gateway hop, and the server's on the other", () => {
    const entries = entriesOf(build([customer("acme", { downstream: [{ ...server, name: "cert.example" }] })]).changed);
    const names = Object.fromEntries(entries.map((entry) => [entry.target.address, entry.names]));
    expect(names["192.0.2.1"]).toEqual([{ name: "mx1.gw.example", since: 100 }]);
    expect(names["198.51.100.7"]).toEqual([{ name: "cert.example", since: 100 }]);
  });

  it("may be a bare address without a name", () => {
    const downstream = [{ host: "203.0.113.5", port: 465, tls: "implicit", name: null }] as const;
    expect(entriesOf(build([customer("acme", { domains: [], downstream })]).changed)).toMatchObject([
      { target: { address: "203.0.113.5", port: 465, tls: "implicit" }, names: [] },
    ]);
  });

  it("an exchange that looks like an address is a name (RFC 5321 §5.1)", () => {
    expect(build([customer("acme")], [], 100, dns({ "acme.example": ["192.0.2.9"] })).changed).toEqual([]);
  });

  it("addresses that must not be dialled stay, so that somebody says so", () => {
    const known = dns({ "acme.example": ["mx.example"], "mx.example": ["127.0.0.1"] });
    expect(keysOf(build([customer("acme")], [], 100, known).changed)).toEqual(["127.0.0.1:25"]);
  });
});

describe("customers share targets", () => {
  it("a need is counted once per customer, however many domains lead there", () => {
    const domains = ["acme.example", "beta.example"].map((name) => ({ name, tlsMode: null }));
    const [entry] = entriesOf(build([customer("acme", { domains })]).changed);
    expect(entry?.needs).toEqual([
      { hop: "gateway", require: defaultRequirement, customers: 1, customer: "acme", alarms: true, enforced: false },
    ]);
  });

  it("names the customer only where it is the only one", () => {
    const [entry] = entriesOf(build([customer("acme"), customer("beta")]).changed);
    expect(entry?.needs).toMatchObject([{ customers: 2, customer: null }]);
  });

  it("keeps different wishes apart", () => {
    const require = { gateway: { ...defaultRequirement, level: "verified" as const }, downstream: defaultRequirement };
    const [entry] = entriesOf(build([customer("a"), customer("b"), customer("c", { require })]).changed);
    expect(entry?.needs.map(({ require: { level }, customers, customer: id }) => [level, customers, id])).toEqual([
      ["tls", 2, null],
      ["verified", 1, "c"],
    ]);
  });

  it("keeps the hops of one target apart", () => {
    const downstream = [{ host: "192.0.2.1", port: 25, tls: "starttls", name: "own.example" }] as const;
    const [entry] = entriesOf(build([customer("acme"), customer("own", { domains: [], downstream })]).changed);
    expect(entry?.needs.map(({ hop, customer: id }) => [hop, id])).toEqual([
      ["downstream", "own"],
      ["gateway", "acme"],
    ]);
    expect(entry?.names.map(({ name }) => name)).toEqual(["mx1.gw.example", "own.example"]);
  });

  it("private addresses are allowed if any customer behind it has them allowed", () => {
    const [entry] = entriesOf(build([customer("a"), customer("b", { allowPrivate: true }), customer("c")]).changed);
    expect(entry?.allowPrivate).toBe(true);
    expect(entriesOf(build([customer("a")]).changed)[0]?.allowPrivate).toBe(false);
  });

  it("the order in which customers come changes nothing", () => {
    const all = [customer("a", { downstream: [server] }), customer("b"), customer("c", { gateway: "lab" })];
    expect(build(all).changed).toEqual(build(all.toReversed()).changed);
  });
});

describe("what alarms (design rule 5)", () => {
  const domain = (tlsMode: "enabled" | "disabled" | "enforced" | null) => ({ name: "acme.example", tlsMode });
  test.each<[string, Partial<Customer>, boolean]>([
    ["TLS mode enabled", { domains: [domain("enabled")] }, true],
    ["TLS mode enforced", { domains: [domain("enforced")] }, true],
    ["TLS mode disabled", { domains: [domain("disabled")] }, false],
    ["disabled for one domain of two", { domains: [domain("disabled"), domain("enabled")] }, true],
    ["silent, account of 2015", { domains: [domain(null)], created: "2015-12-31" }, false],
    ["silent, account of 2016", { domains: [domain(null)], created: "2016-01-01" }, true],
    ["silent, account of unknown date", { domains: [domain(null)], created: null }, true],
    ["no domains", { domains: [], created: "2010-01-01" }, true],
  ])("downstream, %s: %#", (_, over, alarms) => {
    const entries = entriesOf(build([customer("acme", { ...over, downstream: [server] })]).changed);
    const needs = entries.flatMap(({ needs }) => needs);
    expect(needs.find(({ hop }) => hop === "downstream")?.alarms).toBe(alarms);
    expect(needs.filter(({ hop }) => hop === "gateway").every((need) => need.alarms)).toBe(true);
  });

  test.each<[string, Partial<Customer>, boolean]>([
    ["TLS mode enforced", { domains: [domain("enforced")] }, true],
    ["enforced for one domain, disabled for another", { domains: [domain("enforced"), domain("disabled")] }, true],
    ["enforced for one domain, enabled for another", { domains: [domain("enforced"), domain("enabled")] }, false],
    ["TLS mode disabled", { domains: [domain("disabled")] }, false],
    ["no domains", { domains: [] }, false],
  ])("the gateway insists downstream, %s: %#", (_, over, enforced) => {
    const entries = entriesOf(build([customer("acme", { ...over, downstream: [server] })]).changed);
    const needs = entries.flatMap((entry) => entry.needs);
    expect(needs.find(({ hop }) => hop === "downstream")?.enforced).toBe(enforced);
    expect(needs.filter(({ hop }) => hop === "gateway").some((need) => need.enforced)).toBe(false);
  });

  test.each<[RequirementLevel, boolean]>([
    ["none", false],
    ["tls", true],
  ])("level %s on the gateway hop", (level, alarms) => {
    const require = { gateway: { ...defaultRequirement, level }, downstream: defaultRequirement };
    expect(entriesOf(build([customer("acme", { require })]).changed)[0]?.needs[0]?.alarms).toBe(alarms);
  });
});

describe("the first name is stable", () => {
  const one = dns({ "acme.example": ["m.example"], "m.example": ["192.0.2.1"] });
  const two = dns({
    "acme.example": ["a.example", "m.example"],
    "a.example": ["192.0.2.1"],
    "m.example": ["192.0.2.1"],
  });
  const other = dns({
    "acme.example": ["z.example", "a.example"],
    "a.example": ["192.0.2.1"],
    "z.example": ["192.0.2.1"],
  });

  it("while it is used; those that came later follow with the cycle they came in", () => {
    const first = build([customer("acme")], [], 100, one).changed;
    const second = put(first, build([customer("acme")], first, 200, two).changed);
    expect(entriesOf(second)[0]?.names).toEqual([
      { name: "m.example", since: 100 },
      { name: "a.example", since: 200 },
    ]);
    const third = put(second, build([customer("acme")], second, 300, other).changed);
    expect(entriesOf(third)[0]?.names).toEqual([
      { name: "a.example", since: 200 },
      { name: "z.example", since: 300 },
    ]);
    expect(entriesOf(third)[0]?.since).toBe(100);
  });
});

describe("slices", () => {
  const bare = (count: number, from = 0, vantage: string | null = null): Customer =>
    customer(`bare-${from}-${vantage}`, {
      domains: [],
      vantage: { gateway: null, downstream: vantage },
      downstream: Array.from({ length: count }, (_, n) => {
        const number = n + from;
        return { host: `198.18.${number >> 8}.${number & 255}`, port: 25, tls: "starttls", name: null } as const;
      }),
    });

  it("hold 250 targets at most", () => {
    const { changed } = build([bare(600)]);
    expect(changed.map(({ number, entries }) => [number, entries.length])).toEqual([
      [1, 250],
      [2, 250],
      [3, 100],
    ]);
  });

  it("nothing changed: nothing to write", () => {
    const { changed } = build([bare(300), customer("acme")]);
    // As it comes back from a store.
    const stored = JSON.parse(JSON.stringify(changed)) as readonly Slice[];
    expect(build([bare(300), customer("acme")], stored, 200)).toEqual({
      changed: [],
      added: 0,
      nextGone: null,
      gone: [],
    });
  });

  it("a target keeps its slot for life, and a freed slot stays free", () => {
    const first = build([bare(10)]).changed;
    const second = build([bare(5, 5)], first, 200);
    expect(second.changed[0]?.entries.slice(0, 5)).toEqual([null, null, null, null, null]);
    expect(second.gone).toHaveLength(5);
    expect(second.gone[0]).toEqual({ key: "198.18.0.0:25", vantage: "here" });
    const third = build([bare(7, 5)], second.changed, 300);
    const places = (slices: readonly Slice[]) => slices[0]?.entries.map((entry) => entry?.target.address.split(".")[3]);
    expect(places(third.changed)?.slice(5)).toEqual(["5", "6", "7", "8", "9", "10", "11"]);
    expect(third.added).toBe(2);
  });

  it("only those that changed are written", () => {
    const first = build([bare(600)]).changed;
    const { changed } = build([bare(601)], first, 200);
    expect(changed.map(({ number, entries }) => [number, entries.length])).toEqual([[3, 101]]);
  });

  it("a slice that is used up is left, and a new one begun", () => {
    const first = build([bare(250)]).changed;
    const second = build([bare(1, 900)], first, 200);
    expect(second.changed.map(({ number }) => number)).toEqual([1, 2]);
    expect(second.changed[0]?.entries.every((entry) => entry === null)).toBe(true);
  });

  it("belong to one vantage each", () => {
    const { changed } = build([bare(2), bare(2, 0, "inside")]);
    expect(changed.map(({ vantage, entries }) => [vantage, entries.length])).toEqual([
      ["here", 2],
      ["inside", 2],
    ]);
  });

  it("a target that is looked at from elsewhere now isn't gone", () => {
    const first = build([bare(1)]).changed;
    const { changed, gone, added } = build([bare(1, 0, "inside")], first, 200);
    expect([gone, added]).toEqual([[], 1]);
    expect(changed.map(({ vantage, entries }) => [vantage, entries.map((entry) => entry?.vantage ?? null)])).toEqual([
      ["here", [null]],
      ["inside", ["inside"]],
    ]);
  });
});

describe("several vantages that see the internet", () => {
  const seeing = (id: string, sees: VantageConfig["sees"]): VantageConfig => ({ id, sourceAddress: null, sees });
  const several = [seeing("eu2", "internet"), seeing("inside", "inside")];
  const built = (customers: readonly Customer[], old: readonly Slice[] = [], vantages = several) =>
    build(customers, old, 100, world, vantages);
  const places = (slices: readonly Slice[]) =>
    slices.flatMap(({ vantage, entries }) =>
      entries.flatMap((entry) => (entry ? [`${vantage} ${targetKey(entry.target)}`] : [])),
    );

  it("look at every target, each in slices of its own; one that stands inside at none", () => {
    const { changed } = built([customer("acme", { gateway: null, domains: [], downstream: [server] })]);
    expect(places(changed)).toEqual(["eu2 198.51.100.7:25", "here 198.51.100.7:25"]);
    expect(changed.map(({ number, vantage }) => [number, vantage])).toEqual([
      [1, "eu2"],
      [2, "here"],
    ]);
  });

  it("and not at a hop for which a customer names one: that looks alone", () => {
    const { changed } = built([
      customer("acme", {
        gateway: null,
        domains: [],
        downstream: [server],
        vantage: { gateway: null, downstream: "inside" },
      }),
    ]);
    expect(places(changed)).toEqual(["inside 198.51.100.7:25"]);
    expect(entriesOf(changed)[0]).toMatchObject({ outside: false, beside: [] });
  });

  it("each know where the others look at the same target", () => {
    const { changed } = built([customer("acme", { gateway: null, domains: [], downstream: [server] })]);
    expect(entriesOf(changed).map(({ vantage, beside, outside }) => ({ vantage, beside, outside }))).toEqual([
      { vantage: "eu2", beside: [{ vantage: "here", slice: 2, slot: 0 }], outside: true },
      { vantage: "here", beside: [{ vantage: "eu2", slice: 1, slot: 0 }], outside: true },
    ]);
  });

  it("a place where nobody alarms by what is seen there is none beside the others", () => {
    const none = { level: "none", floor: defaultRequirement.floor } as const;
    const { changed } = built([
      customer("acme", { gateway: null, domains: [], downstream: [server] }),
      customer("lab", {
        gateway: null,
        domains: [],
        downstream: [server],
        require: { gateway: none, downstream: none },
        vantage: { gateway: null, downstream: "inside" },
      }),
    ]);
    const here = entriesOf(changed).find(({ vantage }) => vantage === "here");
    expect(here?.beside.map(({ vantage }) => vantage)).toEqual(["eu2"]);
  });

  it("keep their slots when one more comes, and are told of it", () => {
    const acme = customer("acme", { gateway: null, domains: [], downstream: [server] });
    const alone = built([acme], [], []).changed;
    const { changed, added } = built([acme], alone);
    expect(added).toBe(1);
    const after = put(alone, changed);
    expect(after.find(({ number }) => number === 1)).toMatchObject({ vantage: "here" });
    expect(entriesOf(after).find(({ vantage }) => vantage === "here")?.beside).toEqual([
      { vantage: "eu2", slice: 2, slot: 0 },
    ]);
  });

  it("one that is no more leaves nothing gone: the others watch on, and forget its place", () => {
    const acme = customer("acme", { gateway: null, domains: [], downstream: [server] });
    const both = built([acme]).changed;
    const { changed, gone } = built([acme], both, []);
    expect(gone).toEqual([]);
    expect(entriesOf(put(both, changed)).map(({ vantage, beside }) => [vantage, beside])).toEqual([["here", []]]);
  });

  it("with one vantage nothing is written that was not before", () => {
    const acme = customer("acme");
    const stored = JSON.parse(JSON.stringify(built([acme], [], []).changed)) as readonly Slice[];
    expect(built([acme], stored, []).changed).toEqual([]);
  });
});

describe("scans of a target that several share", () => {
  const scansOf = (...wishes: readonly Partial<Customer>[]) => {
    const { changed } = build(
      wishes.map((over, at) => customer(`c${at}`, { domains: [], downstream: [server], ...over })),
    );
    const [entry] = changed.flatMap(({ entries }) => entries.flatMap((each) => each ?? []));
    return { scan: entry?.scan, intrusive: entry?.intrusive };
  };

  it("are as deep as the one who wants most has it", () => {
    expect(scansOf({})).toEqual({ scan: undefined, intrusive: undefined });
    expect(scansOf({ scan: "none" }).scan).toBe("none");
    expect(scansOf({ scan: "none" }, {}).scan).toBe(undefined);
    expect(scansOf({ scan: "none" }, { scan: "full" }, {}).scan).toBe("full");
  });

  it("are whole for who counts all that is accepted by stricter figures than the default's", () => {
    const floored = (floor: Partial<Floor>, over: Partial<Customer> = {}) => {
      const level = { level: "tls", floor: { ...defaultFloor, ...floor } } as const;
      return scansOf({ require: { gateway: level, downstream: level }, ...over }).scan;
    };
    expect(floored({ acceptsNothingBelow: true, cipherBits: 256 })).toBe("full");
    expect(floored({ acceptsNothingBelow: true, forwardSecrecy: true })).toBe("full");
    expect(floored({ acceptsNothingBelow: true, ecBits: 256 }, { scan: "none" })).toBe("none");
    expect(floored({ acceptsNothingBelow: true })).toBe(undefined);
    expect(floored({ acceptsNothingBelow: true, cipherBits: 256, standard: "bcp195" })).toBe(undefined);
    expect(floored({ cipherBits: 256 })).toBe(undefined);
  });

  it("intrude only where all agreed", () => {
    expect(scansOf({ intrusive: true }).intrusive).toBe(true);
    expect(scansOf({ intrusive: true }, {}).intrusive).toBe(undefined);
    expect(scansOf({}, { intrusive: true }).intrusive).toBe(undefined);
  });
});
