/** An hour of 1,000 customers in which nothing happens, through the steps themselves: what the cost model says of it is counted. */

import { expect, it } from "vitest";
import { steadyHour } from "../../lib/model/cost.ts";
import { defaultSettings } from "../../lib/model/customer.ts";
import type { ProbeJob, ProbeResults } from "../../lib/model/jobs.ts";
import { defaultPolicy } from "../../lib/model/policy.ts";
import type { DnsType, Resolver } from "../../lib/model/ports.ts";
import type { RosterEntry, SlotMemory } from "../../lib/model/roster.ts";
import { drillTick } from "../../lib/steps/drill/judge.ts";
import { judge } from "../../lib/steps/judge.ts";
import { notify } from "../../lib/steps/notify.ts";
import { oldestOwedMs } from "../../lib/steps/oldest-owed.ts";
import { plan } from "../../lib/steps/plan.ts";
import { resolve } from "../../lib/steps/resolve.ts";
import { sightTick } from "../../lib/steps/sight-follow.ts";
import { sightedOf } from "../../lib/steps/sight-of.ts";
import { needsDigest } from "../../lib/steps/slot-answers.ts";
import { tick } from "../../lib/steps/tick.ts";
import { openEmbedded } from "../../lib/store/embedded.ts";
import { fakeChannel, fakeLog } from "../fakes/channels.ts";
import { customerOf } from "../fakes/customers.ts";
import { countReadUnits } from "../fakes/read-units.ts";
import { countWriteUnits } from "../fakes/units.ts";

const everyMs = 300_000;
const customers = 1_000;
/** Of two gateway hosts, two each. */
const gatewayAddresses = 4;
const noon = Date.UTC(2026, 10, 20, 12);

const names = Array.from({ length: customers }, (_, number) => `c${number}.example`);

const resolver: Resolver = async (name, type) => ({ kind: "answer", ttl: 3_600, records: recordsOf(name, type) });

function recordsOf(name: string, type: DnsType) {
  const record = (data: unknown) => ({ name, type, ttl: 3_600, data });
  if (type === "MX") return [1, 2].map((host) => record({ preference: 10, exchange: `mx${host}.gateway.example` }));
  if (type !== "A") return [];
  const gateway = /^mx(\d)/.exec(name)?.[1];
  if (gateway !== undefined) return [0, 1].map((last) => record(`9.9.${gateway}.${last}`));
  const own = Number(/^mail\.c(\d+)/.exec(name)?.[1]);
  return [record(`11.1.${own >> 8}.${own & 255}`)];
}

/** What a cycle in which nothing happened leaves behind. */
const steady = (entry: RosterEntry): SlotMemory => {
  return { fingerprint: "f".repeat(12), mark: "tls", hot: [], rejudgeAt: null, needs: needsDigest(entry) };
};

function unchanged({ v, cycle, slice, vantage, round, tasks }: ProbeJob, at: number): ProbeResults {
  const answers = tasks.map(({ slot, name, identity, known }) => {
    return { slot, name, identity, kind: "same" as const, at, fingerprint: known };
  });
  return { v, cycle, slice, vantage, round, part: 0, answers };
}

it("reads, writes and jobs are those of the model, to a twentieth", async () => {
  const { store, client, tables, close } = await openEmbedded(null);
  await store.config.putSettings(defaultSettings);
  await store.config.putCustomers(
    names.map((name) =>
      customerOf(name, {
        domains: [{ name, tlsMode: null }],
        downstream: [{ host: `mail.${name}`, port: 25, tls: "starttls", name: `mail.${name}` }],
      }),
    ),
  );
  await store.config.bumpRevision();

  let at = noon;
  let jobs = 0;
  const now = () => at;
  const telling = {
    store,
    now,
    baseUrl: null,
    judgedWith: { policy: "p", roots: "r", build: "b" },
    tellsShared: false,
    operators: [fakeChannel("operators")],
    secondOperators: [],
    contactChannels: () => [],
    alertLog: fakeLog(),
  };
  /** As the functions read it for each of their runs. */
  const judging = async () => {
    const { policy } = await store.config.settings();
    const sighted = await sightedOf(store, ["here"]);
    return { store, now, everyMs, policy: { ...defaultPolicy, ...policy }, sighted };
  };

  async function minute(): Promise<void> {
    const world = await judging();
    await drillTick(world);
    await sightTick(world);
    await tick(world);
    await oldestOwedMs(store, at);
    await store.config.settings();
    await notify(telling);
  }

  async function cycle(): Promise<void> {
    const number = Math.floor(at / everyMs);
    await resolve({ store, resolver, now }, number, everyMs);
    const planned = await plan({ store, now }, number, everyMs);
    jobs += planned.jobs.length;
    for (const { job } of planned.jobs) await judge(unchanged(job, at), await judging());
    for (let passed = 0; passed < everyMs / 60_000; passed++) await minute();
  }

  await resolve({ store, resolver, now }, Math.floor(at / everyMs), everyMs);
  for (const { number, entries } of await store.state.slices())
    await store.state.putMemory(number, { value: entries.filter((entry) => entry !== null).map(steady), version: 0 });
  await cycle();
  const writes = countWriteUnits(client, tables);
  const reads = countReadUnits(client);
  jobs = 0;
  for (let passed = 0; passed < 12; passed++) {
    at += everyMs;
    await cycle();
  }
  await close();

  const model = steadyHour({ customers, targets: customers + gatewayAddresses, everyMs, vantages: 1 });
  expect(jobs).toBe(model.jobs);
  expect(writes.units).toBe(model.writeUnits);
  expect(reads.units / model.readUnits).toBeGreaterThan(0.95);
  expect(reads.units / model.readUnits).toBeLessThan(1.05);
});
