import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cause, isSpent } from "../../lib/model/incident.ts";
import { blankMemory } from "../../lib/model/roster.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import type { Store } from "../../lib/store/store.ts";
import { noon, openCause, owed } from "../fakes/causes.ts";
import { createMemoryStore } from "./memory-store.ts";

let embedded: EmbeddedStore;
let runs = 0;

beforeAll(async () => {
  embedded = await openEmbedded(null);
});
afterAll(() => embedded.close());

const minute = 60_000;

const cause = fc.record({
  state: fc.constantFrom("clear", "suspected", "open", "recovering"),
  due: fc.constantFrom(null, noon, noon + minute),
  outbox: fc.constantFrom([], [owed()], [owed({}, { leasedUntil: noon + 2 * minute })]),
  openings: fc.constantFrom([], [noon]),
});
const operation = fc.oneof(
  fc.record({
    kind: fc.constant("put" as const),
    subject: fc.integer({ min: 0, max: 1 }),
    cause,
    stale: fc.nat({ max: 5 }),
  }),
  fc.record({
    kind: fc.constant("due" as const),
    at: fc.constantFrom(noon - 1, noon, noon + minute, noon + 3 * minute),
  }),
  fc.record({ kind: fc.constant("active" as const) }),
  fc.record({ kind: fc.constant("memory" as const), stale: fc.nat({ max: 3 }) }),
  fc.record({ kind: fc.constant("claim" as const), cycle: fc.nat({ max: 5 }) }),
  fc.record({ kind: fc.constant("ledger" as const), cycle: fc.nat({ max: 5 }) }),
);
type Operation = typeof operation extends fc.Arbitrary<infer O> ? O : never;

/** Does it to `store`, and answers what the steps would see. Names are this run's own. */
async function act({ state, ledger }: Store, run: number, what: Operation): Promise<unknown> {
  const mine = (subject: string) => subject.startsWith(`run${run}.`);
  switch (what.kind) {
    case "put": {
      const subject = `run${run}.${what.subject}`;
      const { value, version } = await state.cause("cleartext", subject);
      const next: Cause = { ...openCause([], { subject }), ...what.cause };
      const wrote = await state.putCause({ value: next, version: Math.max(0, version - (what.stale === 0 ? 1 : 0)) });
      const { value: after } = await state.cause("cleartext", subject);
      return { before: value, wrote, after, isSpent: isSpent(next) };
    }
    case "due":
      return subjectsOf(
        (await state.dueCauses(what.at)).map(({ value }) => value).filter(({ subject }) => mine(subject)),
      );
    case "active":
      return subjectsOf((await state.activeCauses()).map(({ value }) => value).filter(({ subject }) => mine(subject)));
    case "memory": {
      const { version } = await state.memory(run);
      const value = [{ ...blankMemory, fingerprint: String(version) }];
      const wrote = await state.putMemory(run, { value, version: what.stale === 0 ? version - 1 : version });
      return { wrote, after: (await state.memory(run)).value };
    }
    case "claim":
      return await state.claimCycle(run * 10 + what.cycle, noon, 5 * minute);
    case "ledger": {
      const entry = { cycle: what.cycle, everyMs: 5 * minute, at: noon, marks: ["tls"] } as const;
      const wrote = await ledger.putLedger(run, entry, 0);
      return { wrote, newest: (await ledger.ledger(run, 1)).map(({ cycle }) => cycle) };
    }
  }
}

const subjectsOf = (causes: readonly Cause[]) => causes.map(({ subject }) => subject).sort();

describe("the store in memory", () => {
  it("does what the real one does, whatever is asked of it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 12 }), async (operations) => {
        const run = ++runs;
        const memory = createMemoryStore([], () => {});
        for (const what of operations) {
          expect(await act(memory, run, what), what.kind).toEqual(await act(embedded.store, run, what));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("says by name what it doesn't keep", () => {
    const memory = createMemoryStore([], () => {});
    expect(() => memory.state.domains()).toThrow("no state.domains");
  });
});
