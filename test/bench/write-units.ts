/** What a steady day of 25,000 targets writes, through the steps themselves, in write units by the formula. */

import { defaultRequirement } from "../../lib/model/customer.ts";
import type { ProbeJob, ProbeResults } from "../../lib/model/jobs.ts";
import { defaultPolicy } from "../../lib/model/policy.ts";
import type { RosterEntry, SlotMemory } from "../../lib/model/roster.ts";
import { sliceSize } from "../../lib/model/roster.ts";
import { judge } from "../../lib/steps/judge.ts";
import { plan } from "../../lib/steps/plan.ts";
import { needsDigest } from "../../lib/steps/slot-answers.ts";
import { tick } from "../../lib/steps/tick.ts";
import { openEmbedded } from "../../lib/store/embedded.ts";
import { countWriteUnits } from "../fakes/units.ts";
import { atMost, type Figure } from "./figure.ts";

const everyMs = 300_000;
const cyclesADay = 86_400_000 / everyMs;
const slices = 100;
const targets = slices * sliceSize;
const noon = Date.UTC(2026, 10, 20, 12);

export async function writeUnitsFigures(): Promise<readonly Figure[]> {
  const { store, client, tables, close } = await openEmbedded(null);
  for (let number = 0; number < slices; number++) {
    const entries = Array.from({ length: sliceSize }, (_, slot) => entryOf(number, slot));
    await store.state.putSlice({ number, vantage: "here", entries });
    await store.state.putMemory(number, { value: entries.map(steady), version: 0 });
  }
  const count = countWriteUnits(client, tables);

  /** The units of one whole cycle, minute ticks included. */
  async function cycleAt(at: number): Promise<number> {
    count.reset();
    const now = () => at;
    const world = { store, now, everyMs, policy: defaultPolicy, sighted: ["here"] };
    const { jobs } = await plan({ store, now }, Math.floor(at / everyMs), everyMs);
    for (const { job } of jobs) await judge(unchanged(job, at), world);
    for (let minute = 0; minute < everyMs / 60_000; minute++) await tick(world);
    return count.units;
  }

  await cycleAt(noon);
  const perCycle = await cycleAt(noon + everyMs);
  const withRollUp = await cycleAt(noon + 86_400_000);
  await close();
  const perDay = perCycle * (cyclesADay - 1) + withRollUp;
  const per1000 = perDay / ((targets * cyclesADay) / 1_000);
  const detail = `${perCycle} units a cycle, ${withRollUp} in the first after midnight`;
  return [atMost("write units per 1,000 steady probes, 25,000 targets", per1000, 4.1, "units", detail)];
}

/** What a cycle in which nothing happened leaves behind. */
function steady(entry: RosterEntry): SlotMemory {
  return { fingerprint: "f".repeat(12), mark: "tls", hot: [], rejudgeAt: null, needs: needsDigest(entry) };
}

function unchanged({ v, cycle, slice, vantage, round, tasks }: ProbeJob, at: number): ProbeResults {
  const answers = tasks.map(({ slot, name, identity, known }) => ({
    slot,
    name,
    identity,
    kind: "same" as const,
    at,
    fingerprint: known,
  }));
  return { v, cycle, slice, vantage, round, part: 0, answers };
}

function entryOf(slice: number, slot: number): RosterEntry {
  const number = slice * sliceSize + slot;
  return {
    target: { address: `198.51.${number >> 8}.${number & 255}`, port: 25, tls: "starttls" },
    names: [{ name: `mx${number}.example`, since: 0 }],
    vantage: "here",
    outside: true,
    allowPrivate: false,
    beside: [],
    needs: [
      {
        hop: "downstream",
        require: defaultRequirement,
        customers: 1,
        customer: `c${number}`,
        alarms: true,
        enforced: false,
      },
    ],
    since: 0,
  };
}
