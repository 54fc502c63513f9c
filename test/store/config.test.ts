import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Customer, defaultRequirement, defaultSettings } from "../../lib/model/customer.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import type { ConfigStore } from "../../lib/store/store.ts";

let embedded: EmbeddedStore;
let config: ConfigStore;
beforeAll(async () => {
  embedded = await openEmbedded(null);
  config = embedded.store.config;
});
afterAll(() => embedded.close());

function customer(id: string, domain = `${id}.example`): Customer {
  return {
    id,
    created: "2015-03-01",
    gateway: null,
    domains: [{ name: domain, tlsMode: null }],
    downstream: [],
    require: { gateway: defaultRequirement, downstream: defaultRequirement },
    vantage: { gateway: null, downstream: null },
    allowPrivate: false,
    contacts: [],
  };
}

async function ids(): Promise<string[]> {
  const all: string[] = [];
  for await (const { id } of config.customers()) all.push(id);
  return all.sort();
}

describe("the config table", () => {
  it("has the seed's settings before anything was imported, and keeps what is put", async () => {
    expect(await config.settings()).toEqual(defaultSettings);
    const settings = { ...defaultSettings, policy: { cleanFor: 60_000 } };
    await config.putSettings(settings);
    expect(await config.settings()).toEqual(settings);
  });

  it("replaces the set of gateways by the one put", async () => {
    await config.putGateways([
      { id: "a", hosts: ["mx.a.example"], port: 25 },
      { id: "b", hosts: [], port: 2525 },
    ]);
    await config.putGateways([{ id: "b", hosts: ["mx.b.example"], port: 25 }]);
    expect(await config.gateways()).toEqual([{ id: "b", hosts: ["mx.b.example"], port: 25 }]);
  });

  it("keeps more customers than fit a batch or a page, and lets them go again", async () => {
    const many = Array.from({ length: 321 }, (_, at) => customer(`c${at}`));
    await config.putCustomers(many);
    expect(await ids()).toEqual(many.map(({ id }) => id).sort());
    expect(await config.customer("c320")).toEqual(many[320]);
    await config.removeCustomers(many.slice(1).map(({ id }) => id));
    expect(await ids()).toEqual(["c0"]);
    expect(await config.customer("c1")).toBeUndefined();
  });

  it("takes the last of two customers with one id in one batch", async () => {
    await config.putCustomers([customer("twice", "first.example"), customer("twice", "last.example")]);
    expect((await config.customer("twice"))?.domains[0]?.name).toBe("last.example");
  });

  it("counts revisions up from nought", async () => {
    expect(await config.revision()).toBe(0);
    expect(await config.bumpRevision()).toBe(1);
    expect(await config.bumpRevision()).toBe(2);
    expect(await config.revision()).toBe(2);
  });

  it("tells whether a token that was revoked had been there", async () => {
    await config.putToken("ab12", { customer: "acme", createdAt: 1 });
    expect(await config.token("ab12")).toEqual({ customer: "acme", createdAt: 1 });
    expect(await config.removeToken("ab12")).toBe(true);
    expect(await config.removeToken("ab12")).toBe(false);
    expect(await config.token("ab12")).toBeUndefined();
  });
});
