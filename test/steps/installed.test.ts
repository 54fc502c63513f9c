/** Vantages that no customers file names: on AWS those of further regions. */

import { afterAll, beforeAll, expect, it } from "vitest";
import { defaultSettings } from "../../lib/model/customer.ts";
import { createGatherer } from "../../lib/status/gather.ts";
import { resolve } from "../../lib/steps/resolve.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import { customerOf } from "../fakes/customers.ts";
import { fakeResolver } from "../fakes/resolver.ts";

const everyMs = 300_000;
const acme = customerOf("acme", { downstream: [{ host: "192.0.2.1", port: 25, tls: "starttls", name: null }] });
const own = customerOf("own", {
  downstream: [{ host: "192.0.2.2", port: 25, tls: "starttls", name: null }],
  vantage: { gateway: null, downstream: "inner" },
});
const inner = { id: "inner", sourceAddress: null, sees: "inside" } as const;

let embedded: EmbeddedStore;
let cycle = 1_000;
beforeAll(async () => {
  embedded = await openEmbedded(null);
  const { config } = embedded.store;
  await config.putSettings({ ...defaultSettings, vantages: [inner] });
  await config.putCustomers([acme, own]);
  await config.bumpRevision();
});
afterAll(() => embedded.close());

async function cycleWith(vantages: readonly string[]) {
  cycle++;
  const { store } = embedded;
  return await resolve({ store, resolver: fakeResolver({}), now: () => cycle * everyMs, vantages }, cycle, everyMs);
}

/** `vantage address` of all that is looked at. */
async function looks(): Promise<readonly string[]> {
  const slices = await embedded.store.state.slices();
  return slices
    .flatMap(({ vantage, entries }) => entries.flatMap((entry) => entry && `${vantage} ${entry.target.address}`))
    .filter((look) => look !== null)
    .sort();
}

it("look at every hop that names no vantage, once they are there", async () => {
  await cycleWith([]);
  expect(await looks()).toEqual(["here 192.0.2.1", "inner 192.0.2.2"]);
  await cycleWith(["us-east-1", "inner"]);
  expect(await looks()).toEqual(["here 192.0.2.1", "inner 192.0.2.2", "us-east-1 192.0.2.1"]);
});

it("stand in the status of whoever they look at", async () => {
  const [gathered] = await (await createGatherer(embedded.store)).gather([acme]);
  expect(gathered?.reaches.map(({ vantage }) => vantage)).toEqual(["here", "us-east-1"]);
});

it("bring nothing new in a steady cycle", async () => {
  expect(await cycleWith(["us-east-1", "inner"])).toMatchObject({ slicesWritten: 0, added: 0, gone: [] });
});

it("look no more when the installation drops them, and what others look at isn't gone", async () => {
  const { gone } = await cycleWith(["eu-west-1"]);
  expect(gone).toEqual([]);
  expect(await looks()).toEqual(["eu-west-1 192.0.2.1", "here 192.0.2.1", "inner 192.0.2.2"]);
});
