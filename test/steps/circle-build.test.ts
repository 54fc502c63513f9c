/** Whose contacts stand behind a shared target: found by the roster's builder, kept by resolve. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Customer, defaultSettings } from "../../lib/model/customer.ts";
import { circleDigest, createCircleBuilder } from "../../lib/steps/circle-build.ts";
import { resolve } from "../../lib/steps/resolve.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import { Crash } from "../fakes/crash.ts";
import { customerOf } from "../fakes/customers.ts";
import { fakeResolver } from "../fakes/resolver.ts";
import { aroundWrites } from "../fakes/writes.ts";

const target = "192.0.2.1:25";
const withMail = (id: string, over: Partial<Customer> = {}) =>
  customerOf(id, { contacts: [{ email: `it@${id}.example`, sms: null }], ...over });

describe("a circle", () => {
  it("is none behind one customer, by however many names", () => {
    const builder = createCircleBuilder();
    builder.add(target, withMail("acme"), "w", "a.example");
    builder.add(target, withMail("acme"), "w", "b.example");
    expect(builder.circleOf(target)).toBeUndefined();
    expect(builder.circleOf("192.0.2.2:25")).toBeUndefined();
  });

  it("has no members where nobody has a contact, and no entry names it", () => {
    const builder = createCircleBuilder();
    for (const id of ["acme", "globex"]) builder.add(target, customerOf(id), "w", "a.example");
    expect(builder.circleOf(target)?.pages).toEqual([]);
    expect(circleDigest(builder.circleOf(target))).toBeUndefined();
  });

  it("has each address once, with its customers by their wish, and how long second contacts wait", () => {
    const builder = createCircleBuilder();
    const noc = [
      { email: "noc@msp.example", sms: "+4915100000000" },
      { email: "boss@msp.example", sms: null, after: 60_000 },
    ];
    builder.add(target, withMail("acme", { contacts: noc }), "w", "mx.example");
    builder.add(target, withMail("globex", { contacts: noc }), "v", "mail.globex.example");
    const circle = builder.circleOf(target);
    expect(circle?.pages.flat().map(({ key }) => key)).toEqual([
      "mail boss@msp.example 60000",
      "mail noc@msp.example 0",
      "sms +4915100000000 0",
    ]);
    expect(circle?.pages[0]?.[0]?.shares).toEqual([
      { need: "v", named: [{ customer: "globex", host: "mail.globex.example" }], count: 1 },
      { need: "w", named: [{ customer: "acme", host: "mx.example" }], count: 1 },
    ]);
    expect(circle?.head.waits).toEqual([60_000]);
  });

  it("names twenty of a thousand customers of one address, and counts them all", () => {
    const builder = createCircleBuilder();
    const contacts = [{ email: "noc@msp.example", sms: null }];
    for (let at = 0; at < 1000; at++)
      builder.add(target, customerOf(`c${at}`, { contacts }), "w", `mail.c${at}.example`);
    const [share] = builder.circleOf(target)?.pages[0]?.[0]?.shares ?? [];
    expect(share?.named).toHaveLength(20);
    expect(share?.count).toBe(1000);
  });

  it("of 100,000 has pages of bounded size, and who joins changes one of them", () => {
    const build = (count: number) => {
      const builder = createCircleBuilder();
      for (let at = 0; at < count; at++) builder.add(target, withMail(`c${at}`), "w", "mx1.gateway.example");
      return builder.circleOf(target);
    };
    const before = build(100_000);
    const after = build(100_001);
    expect(before?.pages.length).toBeGreaterThan(100);
    expect(before?.pages.flat()).toHaveLength(100_000);
    const largest = Math.max(...(before?.pages ?? []).map((page) => JSON.stringify(page).length));
    expect(largest).toBeLessThan(400_000);
    const known = new Set(before?.head.pages.map(({ id }) => id));
    const fresh = after?.head.pages.filter(({ id }) => !known.has(id)) ?? [];
    expect(fresh.length).toBeGreaterThan(0);
    expect(fresh.length).toBeLessThanOrEqual(2);
  }, 60_000);
});

describe("resolve", () => {
  let embedded: EmbeddedStore;
  let cycle = 1_000;
  const everyMs = 3_600_000;
  const written: string[] = [];
  beforeAll(async () => {
    embedded = await openEmbedded(null);
    await embedded.store.config.putSettings(defaultSettings);
    await embedded.store.config.putGateways([{ id: "gw", hosts: ["mx1.gw.example"], port: 25 }]);
  });
  afterAll(() => embedded.close());

  const dns = {
    "MX acme.example": ["10 mx1.gw.example"],
    "MX globex.example": ["10 mx1.gw.example"],
    "A mx1.gw.example": ["192.0.2.1"],
  };
  const behind = (id: string) => withMail(id, { gateway: "gw", domains: [{ name: `${id}.example`, tlsMode: null }] });

  async function next(): Promise<void> {
    cycle++;
    written.length = 0;
    const store = aroundWrites(embedded.store, (name, write) => {
      written.push(name);
      return write();
    });
    await resolve({ store, resolver: fakeResolver(dns), now: () => cycle * 1_000 }, cycle, everyMs);
  }
  async function members(): Promise<readonly string[] | undefined> {
    const head = await embedded.store.state.circle(target);
    const pages = await Promise.all(head?.pages.map(({ id }) => embedded.store.state.circlePage(target, id)) ?? []);
    return head && pages.flatMap((page) => page?.map(({ key }) => key) ?? []);
  }

  it("keeps who stands behind the gateway, and writes nothing in a steady cycle", async () => {
    await embedded.store.config.putCustomers([behind("acme"), behind("globex")]);
    await embedded.store.config.bumpRevision();
    await next();
    expect(await members()).toEqual(["mail it@acme.example 0", "mail it@globex.example 0"]);
    await next();
    expect(written).toEqual([]);
  });

  it("writes it for a fleet that an older release has built the rosters of", async () => {
    const [slice] = await embedded.store.state.slices();
    if (slice === undefined) throw new Error("no roster");
    const entries = slice.entries.map((entry) => {
      if (entry === null) return null;
      const { circle: _, ...before } = entry;
      return before;
    });
    await embedded.store.state.putSlice({ ...slice, entries });
    const { version } = await embedded.store.state.document("circles");
    await embedded.store.state.putDocument("circles", { value: null, version });
    await next();
    expect(written).toContain("putCircle");
    await next();
    expect(written).toEqual([]);
  });

  it("follows a contact that changes, and keeps it for the end of what is open when nobody shares it any more", async () => {
    const other = { ...behind("globex"), contacts: [{ email: "noc@globex.example", sms: null }] };
    await embedded.store.config.putCustomers([other]);
    await embedded.store.config.bumpRevision();
    await next();
    expect(await members()).toEqual(["mail it@acme.example 0", "mail noc@globex.example 0"]);

    await embedded.store.config.removeCustomers(["globex"]);
    await embedded.store.config.bumpRevision();
    await next();
    const [entry] = (await embedded.store.state.slices()).flatMap((slice) => slice.entries);
    expect(entry?.circle).toBeUndefined();
    expect(written).toContain("retireCircle");
    expect(await members()).toEqual(["mail it@acme.example 0", "mail noc@globex.example 0"]);
    expect(await embedded.store.ledger.expire(cycle * 1_000 + 31 * 86_400_000)).toBeGreaterThan(0);
    expect(await members()).toBeUndefined();
  });

  it("tells nobody whose last contact was taken away, not even the end", async () => {
    await embedded.store.config.putCustomers([behind("acme"), behind("globex")]);
    await embedded.store.config.bumpRevision();
    await next();
    expect(await members()).toHaveLength(2);

    const silent = ["acme", "globex"].map((id) => ({ ...behind(id), contacts: [] }));
    await embedded.store.config.putCustomers(silent);
    await embedded.store.config.bumpRevision();
    await next();
    expect(await members()).toEqual([]);
    await next();
    expect(written).toEqual([]);
  });

  /** Dies before the write of this name. */
  async function dyingBefore(fatal: string): Promise<void> {
    cycle++;
    const store = aroundWrites(embedded.store, (name, write) => {
      if (name === fatal) throw new Crash(name);
      return write();
    });
    const dying = resolve({ store, resolver: fakeResolver(dns), now: () => cycle * 1_000 }, cycle, everyMs);
    await expect(dying).rejects.toThrow(Crash);
  }
  async function have(...customers: readonly Customer[]): Promise<void> {
    await embedded.store.config.putCustomers(customers);
    await embedded.store.config.bumpRevision();
  }
  const silent = (id: string): Customer => ({ ...behind(id), contacts: [] });

  it("that was cut off between the circle and the slice makes good what was taken back meanwhile", async () => {
    await have(behind("acme"), behind("globex"));
    await next();
    await have(silent("globex"));
    await dyingBefore("putSlice");
    expect(await members()).toEqual(["mail it@acme.example 0"]);
    await have(behind("globex"));
    await next();
    expect(await members()).toEqual(["mail it@acme.example 0", "mail it@globex.example 0"]);
    await next();
    expect(written).toEqual([]);
  });

  it("and tells nobody who came and left again meanwhile", async () => {
    await have(silent("acme"), silent("globex"));
    await next();
    await have(behind("acme"));
    await dyingBefore("putSlice");
    expect(await members()).toEqual(["mail it@acme.example 0"]);
    await have(silent("acme"));
    await next();
    expect(await members()).toEqual([]);
  });

  it("beside another that writes the circles too leaves the next one to write them all", async () => {
    const { state } = embedded.store;
    await have(behind("acme"), behind("globex"));
    cycle++;
    const store = aroundWrites(embedded.store, async (name, write) => {
      if (name === "putSlice") {
        const { version } = await state.document("circles");
        await state.putDocument("circles", { value: true, version });
      }
      return await write();
    });
    await resolve({ store, resolver: fakeResolver(dns), now: () => cycle * 1_000 }, cycle, everyMs);
    await next();
    expect(written).toContain("putCircle");
    await next();
    expect(written).toEqual([]);
  });
});
