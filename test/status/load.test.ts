import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadFleet } from "../../lib/status/fleet.ts";
import { loadCustomerStatus } from "../../lib/status/load.ts";
import type { TargetState } from "../../lib/store/store.ts";
import { type Fixture, fixture } from "./helpers.ts";
import { noon } from "./looks.ts";
import { customer, customers, everyMs } from "./seed.ts";

let world: Fixture;
beforeAll(async () => {
  world = await fixture();
});
afterAll(() => world.close());

const options = { now: () => noon + 40_000, everyMs };

async function downstreamOf(id: string) {
  const status = await loadCustomerStatus(world.store, id, options);
  const target = status?.chains[0]?.hops.at(-1)?.targets[0];
  if (target === undefined) throw new Error(`${id} has no downstream target`);
  return target;
}

async function changeTarget(
  address: string,
  change: (state: TargetState) => TargetState,
): Promise<() => Promise<void>> {
  const state = await world.store.state.target(`${address}:25`, "here");
  if (state === undefined) throw new Error(address);
  await world.store.state.putTarget(change(state));
  return () => world.store.state.putTarget(state);
}

describe("loadCustomerStatus", () => {
  it("knows nothing of a customer that isn't there", async () => {
    expect(await loadCustomerStatus(world.store, "nobody", options)).toBeUndefined();
  });

  it("takes the last answer from the ledger, however long ago the facts were written", async () => {
    const target = await downstreamOf("acme");
    expect(target.since).toBe(noon - 3 * 86_400_000);
    expect(target.lastSeen).toBe(noon);
  });

  it("looks further back when the newest cycles brought no answer", async () => {
    expect((await downstreamOf("quiet")).lastSeen).toBe(noon - 8 * everyMs);
  });

  it("is never earlier than the facts themselves", async () => {
    const restore = await changeTarget("198.51.100.4", (state) => ({
      ...state,
      facts: state.facts && { ...state.facts, at: noon + 10_000 },
    }));
    expect((await downstreamOf("quiet")).lastSeen).toBe(noon + 10_000);
    await restore();
  });

  it("judges a further name of a target by the certificate shown under that name (RFC 9525)", async () => {
    const other = { host: "mail.acme.example", port: 25, tls: "starttls" as const, name: "mail.other.example" };
    await world.store.config.putCustomers([customer("other", { downstream: [other] })]);
    expect((await downstreamOf("other")).authentication).toBe("name-mismatch");

    const facts = (await world.store.state.target("198.51.100.1:25", "here"))?.facts;
    if (facts?.outcome.kind !== "encrypted" || facts.outcome.certificate === null) throw new Error("no certificate");
    const shown = facts.outcome.certificate;
    const certificate = { ...shown, leaf: { ...shown.leaf, dnsNames: ["mail.other.example"] } };
    await world.store.state.putName("198.51.100.1:25", "here", { name: "mail.other.example", certificate, at: noon });
    expect((await downstreamOf("other")).authentication).toBe("pkix");
    expect((await downstreamOf("acme")).authentication).toBe("pkix");
    await world.store.config.removeCustomers(["other"]);
  });
});

describe("loadFleet", () => {
  it("counts those that there is no time to judge", async () => {
    let now = noon;
    // Each look at the clock costs five seconds: the first chunk is begun in time, and there is but one.
    const slow = () => {
      now += 5_000;
      return now;
    };
    const many = Array.from({ length: 250 }, (_, n) => customer(`c${n}`));
    await world.store.config.putCustomers(many);
    const fleet = await loadFleet(world.store, { now: slow, everyMs });
    expect(fleet.customers.total).toBe(customers.length + 250);
    expect(fleet.customers.judged).toBe(100);
    expect(fleet.worst.length).toBeLessThanOrEqual(100);
    await world.store.config.removeCustomers(many.map(({ id }) => id));
  });
});
