import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Customer, defaultRequirement, defaultSettings } from "../../lib/model/customer.ts";
import type { Resolver } from "../../lib/model/ports.ts";
import { targetKey } from "../../lib/model/target.ts";
import { resolve } from "../../lib/steps/resolve.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import type { Store } from "../../lib/store/store.ts";
import { createResolver } from "../../lib/world/resolver.ts";
import { type DnsServer, startDns, type Zone } from "../fakes/dns-server.ts";
import { fakeResolver, type Table } from "../fakes/resolver.ts";

/** Every name is due in every cycle of an hour. */
const everyMs = 3_600_000;
let embedded: EmbeddedStore;
let store: Store;
let cycle = 1_000;

beforeAll(async () => {
  embedded = await openEmbedded(null);
  store = embedded.store;
});
afterAll(() => embedded.close());

beforeEach(async () => {
  await store.config.putSettings(defaultSettings);
  await store.config.putGateways([{ id: "gw", hosts: ["mx1.gw.example", "mx2.gw.example"], port: 25 }]);
  const old: string[] = [];
  for await (const { id } of store.config.customers()) old.push(id);
  await store.config.removeCustomers(old);
  await store.config.bumpRevision();
  await next({});
  await later({});
});

function customer(id: string, over: Partial<Customer> = {}): Customer {
  return {
    id,
    created: "2020-01-01",
    gateway: "gw",
    domains: [{ name: `${id}.example`, tlsMode: null }],
    downstream: [{ host: `mail.${id}.example`, port: 25, tls: "starttls", name: `mail.${id}.example` }],
    require: { gateway: defaultRequirement, downstream: defaultRequirement },
    vantage: { gateway: null, downstream: null },
    allowPrivate: false,
    contacts: [],
    ...over,
  };
}

async function have(...customers: readonly Customer[]): Promise<void> {
  await store.config.putCustomers(customers);
  await store.config.bumpRevision();
}

/** The next cycle with what DNS says in it. */
function next(dns: Table | Resolver, interval = everyMs) {
  cycle++;
  const resolver = typeof dns === "function" ? dns : fakeResolver(dns);
  return resolve({ store, resolver, now: () => cycle * 1_000 }, cycle, interval);
}

/** Two of the longest TTLs later. */
function later(dns: Table | Resolver) {
  cycle += 7_200;
  return next(dns);
}

async function roster(): Promise<string[]> {
  const entries = (await store.state.slices()).flatMap((slice) => slice.entries);
  return entries.flatMap((entry) => (entry ? [`${targetKey(entry.target)} ${entry.names[0]?.name}`] : [])).sort();
}

const acme: Table = {
  "MX acme.example": ["10 mx1.gw.example", "20 mx2.gw.example"],
  "A mx1.gw.example": ["192.0.2.1"],
  "A mx2.gw.example": ["192.0.2.2"],
  "A mail.acme.example": ["198.51.100.7"],
};

describe("the first cycle after an import", () => {
  it("looks everything up and makes the roster", async () => {
    await have(customer("acme"));
    expect(await next(acme)).toEqual({ domains: 1, lookedUp: 4, changed: 4, slicesWritten: 1, added: 3, gone: [] });
    expect(await roster()).toEqual([
      "192.0.2.1:25 mx1.gw.example",
      "192.0.2.2:25 mx2.gw.example",
      "198.51.100.7:25 mail.acme.example",
    ]);
    expect(await store.state.rosterRevision()).toBe(await store.config.revision());
  });

  it("looks a shared host up once", async () => {
    const names = Array.from({ length: 30 }, (_, n) => `c${n}`);
    await have(...names.map((id) => customer(id, { downstream: [] })));
    const resolver = fakeResolver({
      ...Object.fromEntries(names.map((id) => [`MX ${id}.example`, ["10 mx1.gw.example"]])),
      "A mx1.gw.example": ["192.0.2.1"],
    });
    expect(await next(resolver)).toMatchObject({ domains: 30, lookedUp: 31, added: 1 });
    expect(resolver.asked).toHaveLength(32);
  });

  it("keeps a name that fails, and looks again", async () => {
    await have(customer("acme"));
    await next({ ...acme, "MX acme.example": "timeout" });
    expect(await store.state.domain("acme.example")).toMatchObject({ failure: { reason: "timeout" } });
    expect(await roster()).toEqual(["198.51.100.7:25 mail.acme.example"]);
    expect(await next(acme)).toMatchObject({ added: 2 });
  });
});

describe("a steady cycle", () => {
  it("writes nothing", async () => {
    await have(customer("acme"));
    await next(acme);
    const report = await next(acme);
    expect(report).toEqual({ domains: 1, lookedUp: 4, changed: 0, slicesWritten: 0, added: 0, gone: [] });
  });

  it("asks nothing before the TTL is over", async () => {
    await have(customer("acme"));
    await next(acme);
    const resolver = fakeResolver(acme);
    // 300 s at cycles of a second: each name is due once in 300 cycles, and there are four.
    for (let n = 0; n < 20; n++) await next(resolver, 1_000);
    expect(resolver.asked.length).toBeLessThan(8);
  });
});

describe("what comes and goes", () => {
  it("an exchange that went is told, and its target is gone after two TTLs, not broken", async () => {
    await have(customer("acme"));
    await next(acme);
    const changed = {
      ...acme,
      "MX acme.example": ["10 mx1.gw.example", "30 mx3.gw.example"],
      "A mx3.gw.example": ["192.0.2.3"],
    };
    expect(await next(changed)).toMatchObject({ added: 1, gone: [] });
    expect(await roster()).toContain("192.0.2.2:25 mx2.gw.example");
    expect(await later(changed)).toMatchObject({ gone: [{ key: "192.0.2.2:25", vantage: "here" }] });
    expect(await store.ledger.events("acme.example", 1)).toMatchObject([
      { kind: "dns", came: ["mx3.gw.example"], went: ["mx2.gw.example"] },
    ]);
    expect(await store.state.host("mx2.gw.example")).toBeUndefined();
    expect(await roster()).not.toContain("192.0.2.2:25 mx2.gw.example");
  });

  it("an address that came is told under the host", async () => {
    await have(customer("acme"));
    await next(acme);
    await next({ ...acme, "A mx1.gw.example": ["192.0.2.1", "192.0.2.11"] });
    expect(await store.ledger.events("mx1.gw.example", 1)).toMatchObject([{ came: ["192.0.2.11"], went: [] }]);
    expect(await roster()).toContain("192.0.2.11:25 mx1.gw.example");
  });

  it("downstream servers are followed as well", async () => {
    await have(customer("acme"));
    await next(acme);
    const changed = { ...acme, "A mail.acme.example": ["198.51.100.8"] };
    expect(await next(changed)).toMatchObject({ added: 1, gone: [] });
    expect(await later(changed)).toMatchObject({ gone: [{ key: "198.51.100.7:25" }] });
  });

  it("an address that went stays on the roster for two TTLs, watched for what is open of it", async () => {
    await have(customer("acme"));
    await next(acme);
    const changed = { ...acme, "A mail.acme.example": ["198.51.100.8"] };
    await next(changed);
    const since = cycle * 1_000;
    const leaving = async () =>
      (await store.state.slices())
        .flatMap(({ entries }) => entries)
        .find((entry) => entry?.target.address === "198.51.100.7")?.leaving;
    expect(await leaving()).toBe(since);
    // The fake's TTL is 300 s.
    cycle += 598;
    expect(await next(changed)).toMatchObject({ gone: [], slicesWritten: 0 });
    expect(await next(changed)).toMatchObject({ gone: [{ key: "198.51.100.7:25" }], slicesWritten: 1 });
    expect(await next(changed)).toMatchObject({ gone: [], slicesWritten: 0 });
  });

  it("an address that is back within that time never left", async () => {
    await have(customer("acme"));
    await next(acme);
    await next({ ...acme, "A mail.acme.example": ["198.51.100.8"] });
    expect(await next(acme)).toMatchObject({ added: 0, gone: [] });
    expect(await later(acme)).toMatchObject({ gone: [{ key: "198.51.100.8:25" }] });
    expect(await roster()).toContain("198.51.100.7:25 mail.acme.example");
  });

  it("a customer that is removed takes its names and targets along; shared ones stay", async () => {
    const both = { ...acme, "MX beta.example": ["10 mx1.gw.example"], "A mail.beta.example": ["198.51.100.9"] };
    await have(customer("acme"), customer("beta"));
    await next(both);
    await store.config.removeCustomers(["acme"]);
    await store.config.bumpRevision();
    const report = await next(both);
    expect(report.gone.map(({ key }) => key).sort()).toEqual(["192.0.2.2:25", "198.51.100.7:25"]);
    expect(await store.state.domain("acme.example")).toBeUndefined();
    expect(await store.state.host("mail.acme.example")).toBeUndefined();
    expect(await store.state.host("mx1.gw.example")).toBeDefined();
  });

  it("a null MX takes the exchanges away", async () => {
    await have(customer("acme"));
    await next(acme);
    await next({ ...acme, "MX acme.example": ["0 ."] });
    await later({ ...acme, "MX acme.example": ["0 ."] });
    expect(await roster()).toEqual(["198.51.100.7:25 mail.acme.example"]);
  });
});

describe("not seen is not lost", () => {
  it("no such name: what was last known is shown, and gone from the roster after two TTLs", async () => {
    await have(customer("acme"));
    await next(acme);
    const out: Table = {
      ...acme,
      "MX acme.example": "nxdomain",
      "A mail.acme.example": "nxdomain",
      "AAAA mail.acme.example": "nxdomain",
    };
    expect(await next(out)).toMatchObject({ changed: 2, gone: [] });
    expect(await roster()).toHaveLength(3);
    expect(await store.state.host("mx1.gw.example")).toBeDefined();
    expect((await later(out)).gone).toHaveLength(3);
    expect(await store.state.domain("acme.example")).toMatchObject({
      mx: { kind: "mx" },
      failure: { reason: "nxdomain" },
    });
    expect(await next(acme)).toMatchObject({ added: 3, gone: [] });
  });

  it.each(["servfail", "timeout"] as const)("%s leaves the roster as it was", async (reason) => {
    await have(customer("acme"));
    await next(acme);
    const before = await roster();
    const report = await next({
      ...acme,
      "MX acme.example": reason,
      "A mail.acme.example": reason,
      "AAAA mail.acme.example": reason,
    });
    expect(report).toMatchObject({ changed: 2, slicesWritten: 0, gone: [] });
    expect(await store.state.domain("acme.example")).toMatchObject({ mx: { kind: "mx" }, failure: { reason } });
    expect(await store.state.host("mail.acme.example")).toMatchObject({
      facts: { addresses: ["198.51.100.7"], failure: reason },
      failure: { reason },
    });
    expect(await roster()).toEqual(before);
  });

  it("a new import during a DNS failure leaves it too", async () => {
    await have(customer("acme"));
    await next(acme);
    await have(customer("beta", { domains: [], downstream: [] }));
    const silent: Resolver = async () => ({ kind: "failed", reason: "timeout", ttl: 60 });
    expect(await next(silent)).toMatchObject({ gone: [] });
    expect(await roster()).toHaveLength(3);
  });
});

describe("two resolvers", () => {
  const moved: Table = { ...acme, "A mail.acme.example": ["198.51.100.8"], "MX acme.example": ["10 mx1.gw.example"] };
  const asking = (first: Table, second: Table | Resolver) => {
    cycle += 7_200;
    const other = typeof second === "function" ? second : fakeResolver(second);
    return resolve({ store, resolver: fakeResolver(first), second: other, now: () => cycle * 1_000 }, cycle, everyMs);
  };

  it("what one of them still gives is not out of DNS", async () => {
    await have(customer("acme"));
    await next(acme);
    for (let times = 0; times < 3; times++) expect(await asking(moved, acme)).toMatchObject({ gone: [] });
    expect(await roster()).toEqual(
      expect.arrayContaining(["192.0.2.2:25 mx2.gw.example", "198.51.100.7:25 mail.acme.example"]),
    );
    expect(await store.state.host("mail.acme.example")).toMatchObject({
      facts: { addresses: ["198.51.100.7", "198.51.100.8"] },
    });
  });

  it("what neither gives for two TTLs is gone", async () => {
    await have(customer("acme"));
    await next(acme);
    expect(await asking(moved, moved)).toMatchObject({ gone: [] });
    const { gone } = await asking(moved, moved);
    expect(gone.map(({ key }) => key).sort()).toEqual(["192.0.2.2:25", "198.51.100.7:25"]);
  });

  it("one that fails has no say", async () => {
    await have(customer("acme"));
    await next(acme);
    const silent: Resolver = async () => ({ kind: "failed", reason: "timeout", ttl: 60 });
    await asking(moved, silent);
    expect((await asking(moved, silent)).gone).toHaveLength(2);
  });

  it("the second is asked for nothing where nothing is missing", async () => {
    await have(customer("acme"));
    await next(acme);
    const other = fakeResolver(acme);
    await asking(acme, other);
    expect(other.asked).toEqual([]);
  });
});

describe("cut off anywhere, the next cycle makes it whole", () => {
  it("between what DNS said and the roster", async () => {
    await have(customer("acme"));
    await next(acme);
    const moved = { ...acme, "A mx1.gw.example": ["192.0.2.99"] };
    const broken: Store = {
      ...store,
      state: { ...store.state, putSlice: () => Promise.reject(new Error("killed")) },
    };
    cycle++;
    const world = { store: broken, resolver: fakeResolver(moved), now: () => cycle * 1_000 };
    await expect(resolve(world, cycle, everyMs)).rejects.toThrow("killed");
    expect(await roster()).toContain("192.0.2.1:25 mx1.gw.example");
    expect(await next(moved)).toMatchObject({ changed: 0, added: 1, gone: [] });
    expect(await later(moved)).toMatchObject({ gone: [{ key: "192.0.2.1:25" }] });
    expect(await roster()).toContain("192.0.2.99:25 mx1.gw.example");
  });

  it("between the roster without what left and the note of it", async () => {
    await have(customer("acme"));
    await next(acme);
    const moved = { ...acme, "A mx1.gw.example": ["192.0.2.99"] };
    await next(moved);
    cycle += 7_201;
    const broken: Store = {
      ...store,
      state: { ...store.state, putDocument: () => Promise.reject(new Error("killed")) },
    };
    const world = { store: broken, resolver: fakeResolver(moved), now: () => cycle * 1_000 };
    await expect(resolve(world, cycle, everyMs)).rejects.toThrow("killed");
    expect(await next(moved)).toMatchObject({ slicesWritten: 0 });
    expect(await roster()).not.toContain("192.0.2.1:25 mx1.gw.example");
  });

  it("by the budget of questions: what was not looked up is new again", async () => {
    await have(customer("acme"));
    const short: Resolver = async (name, type) =>
      name.startsWith("mail.") ? { kind: "failed", reason: "budget", ttl: 60 } : fakeResolver(acme)(name, type);
    expect(await next(short)).toMatchObject({ added: 2 });
    expect(await store.state.host("mail.acme.example")).toBeUndefined();
    expect(await next(acme)).toMatchObject({ added: 1 });
    expect(await store.state.rosterRevision()).toBe(await store.config.revision());
  });
});

describe("over the wire", () => {
  let dns: DnsServer;
  const zone: Zone = {
    "acme.example": { MX: ["10 mx1.gw.example", "20 mx2.gw.example"] },
    "mx1.gw.example": { A: ["192.0.2.1"], AAAA: ["2001:db8::1"] },
    "mx2.gw.example": "servfail",
    "mail.acme.example": { CNAME: "real.acme.example" },
    "real.acme.example": { A: ["198.51.100.7"] },
  };
  beforeAll(async () => {
    dns = await startDns(zone);
  });
  afterAll(() => dns.close());

  it("answers of all kinds become one roster", async () => {
    await have(customer("acme"));
    await next(createResolver({ servers: [dns.address], now: Date.now }));
    expect(await roster()).toEqual([
      "192.0.2.1:25 mx1.gw.example",
      "198.51.100.7:25 mail.acme.example",
      "[2001:db8::1]:25 mx1.gw.example",
    ]);
    expect(await store.state.host("mail.acme.example")).toMatchObject({ facts: { aliases: ["real.acme.example"] } });
    expect(await store.state.host("mx2.gw.example")).toMatchObject({ failure: { reason: "servfail" } });
  });
});
