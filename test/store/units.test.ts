import { expect, it } from "vitest";
import type { CycleMark, SlotMemory } from "../../lib/model/roster.ts";
import { openEmbedded } from "../../lib/store/embedded.ts";
import { countWriteUnits } from "../fakes/units.ts";
import { cause, targetState } from "./samples.ts";

const every = 300_000;
const cyclesADay = 288;
const slices = 100;
const targets = slices * 250;
const steady = Array.from({ length: 250 }, (): CycleMark => "tls");
const midnight = Date.UTC(2026, 10, 20);

it("a steady day of 25,000 targets costs at most 4.1 write units per 1,000 probes", async () => {
  const { store, client, tables, close } = await openEmbedded(null);
  const count = countWriteUnits(client, tables);

  const at = midnight + 12 * 3_600_000;
  const entry = { cycle: at / every, everyMs: every, at, marks: steady };
  await store.state.claimCycle(entry.cycle, at, every);
  const all = Array.from({ length: slices }, (_, slice) => slice);
  await Promise.all(all.map((slice) => store.ledger.putLedger(slice, entry, 0)));
  const perCycle = count.units;

  count.reset();
  await Promise.all(all.map((slice) => store.ledger.rollUp(slice, at + 86_400_000, every)));
  const perDay = count.units + perCycle * cyclesADay;
  await close();

  expect(perCycle).toBe(slices + 1);
  expect(perDay / ((targets * cyclesADay) / 1000)).toBeLessThanOrEqual(4.1);
}, 60_000);

it("costs of one change, as docs/data.md tells them", async () => {
  const { store, client, tables, close } = await openEmbedded(null);
  const count = countWriteUnits(client, tables);
  async function unitsOf(write: () => Promise<unknown>): Promise<number> {
    count.reset();
    await write();
    return count.units;
  }
  const memory = Array.from(
    { length: 250 },
    (_, slot): SlotMemory => ({
      fingerprint: (slot * 2_654_435_761).toString(16).padStart(16, "0").slice(-16),
      mark: "tls",
      hot: [],
      rejudgeAt: midnight + slot * 1_234_567,
      needs: slot.toString(36).padStart(7, "n"),
    }),
  );
  expect(await unitsOf(() => store.state.putTarget(targetState()))).toBe(1);
  expect(await unitsOf(() => store.state.putCause({ value: cause(), version: 0 }))).toBe(2);
  expect(await unitsOf(() => store.state.putMemory(0, { value: memory, version: 0 }))).toBeLessThanOrEqual(5);
  await close();
});
