import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CycleMark } from "../../lib/model/roster.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import { countMarks, packMarks, slotCounts, unpackMarks } from "../../lib/store/marks.ts";
import type { LedgerStore } from "../../lib/store/store.ts";
import { cause, observation } from "./samples.ts";

let embedded: EmbeddedStore;
let ledger: LedgerStore;
beforeAll(async () => {
  embedded = await openEmbedded(null);
  ledger = embedded.store.ledger;
});
afterAll(() => embedded.close());

const hour = 3_600_000;
const day = 24 * hour;
const midnight = Date.UTC(2026, 10, 20);

function entry(at: number, marks: readonly CycleMark[], everyMs = hour) {
  return { cycle: Math.floor(at / everyMs), everyMs, at, marks };
}

describe("marks", () => {
  it("take two bits a slot", () => {
    const marks: CycleMark[] = ["tls", "clear", "no-answer", "not-tried", "clear"];
    expect(packMarks(marks)).toHaveLength(2);
    expect(unpackMarks(packMarks(marks), 5)).toEqual(marks);
    expect(packMarks(Array.from({ length: 250 }, () => "tls" as const))).toHaveLength(63);
  });

  it("are counted for each slot, and never past 65,535", () => {
    const cycles = Array.from({ length: 70_000 }, (): CycleMark[] => ["tls", "not-tried"]);
    const counts = countMarks([...cycles, ["clear", "no-answer"]]);
    expect(slotCounts(counts, 0)).toEqual({ tls: 65_535, clear: 1, noAnswer: 0 });
    expect(slotCounts(counts, 1)).toEqual({ tls: 0, clear: 0, noAnswer: 1 });
    expect(slotCounts(counts, 2)).toEqual({ tls: 0, clear: 0, noAnswer: 0 });
  });
});

describe("the ledger of a slice", () => {
  it("takes each part of a cycle once", async () => {
    expect(await ledger.putLedger(1, entry(midnight, ["tls", "not-tried"]), 0)).toBe(true);
    expect(await ledger.putLedger(1, entry(midnight + 5, ["clear", "clear"]), 0)).toBe(false);
    expect(await ledger.putLedger(1, entry(midnight + 7, ["not-tried", "clear"]), 1)).toBe(true);
    expect(await ledger.ledger(1, 5)).toEqual([
      { cycle: midnight / hour, everyMs: hour, at: midnight + 7, marks: ["tls", "clear"] },
    ]);
  });

  it("is read newest first, parts together, and stays in order when the interval is changed", async () => {
    for (let at = 0; at < 4; at++) {
      for (const part of [0, 1]) await ledger.putLedger(2, entry(midnight + at * hour, ["tls"]), part);
    }
    await ledger.putLedger(2, entry(midnight + 4 * hour, ["clear"], 2 * hour), 0);
    expect((await ledger.ledger(2, 3)).map(({ at }) => (at - midnight) / hour)).toEqual([4, 3, 2]);
    expect(await ledger.ledger(2, 100)).toHaveLength(5);
  });
});

describe("days", () => {
  it("are counted from the ledger, rolled up once finished, and outlive it; what is missing is our own gap", async () => {
    for (let at = 0; at < 30; at++) {
      const mark: CycleMark = at < 20 ? "tls" : "clear";
      await ledger.putLedger(3, entry(midnight + at * hour, [mark, "no-answer"]), 0);
    }
    const now = midnight + day + 7.5 * hour;
    const expected = [
      { day: "2026-11-20", tls: 20, clear: 4, noAnswer: 0, cycles: 24 },
      { day: "2026-11-21", tls: 0, clear: 6, noAnswer: 0, cycles: 8 },
    ];
    expect(await ledger.days(3, 0, now, hour)).toEqual(expected);
    await ledger.rollUp(3, now, hour);
    await ledger.rollUp(3, now, hour);
    expect(await ledger.days(3, 0, now, hour)).toEqual(expected);

    const later = midnight + 5 * day + hour / 2;
    while ((await ledger.expire(later)) > 0);
    expect(await ledger.ledger(3, 100)).toEqual([]);
    expect(await ledger.days(3, 1, later, hour)).toEqual([
      { day: "2026-11-20", tls: 0, clear: 0, noAnswer: 24, cycles: 24 },
      ...["2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"].map((missed) => ({
        day: missed,
        tls: 0,
        clear: 0,
        noAnswer: 0,
        cycles: 24,
      })),
      { day: "2026-11-25", tls: 0, clear: 0, noAnswer: 0, cycles: 1 },
    ]);
  });

  it("of a slot never looked at are none", async () => {
    expect(await ledger.days(99, 0, midnight, hour)).toEqual([]);
  });
});

describe("events and alerts", () => {
  it("are kept once each and read newest first", async () => {
    const dns = {
      at: midnight + 2,
      kind: "dns",
      subject: "acme.example",
      came: ["mx.acme.example"],
      went: [],
      note: "",
    };
    const facts = { at: midnight + 1, kind: "facts", vantage: "here", observation: observation() } as const;
    await ledger.putEvent("acme.example", { ...dns, kind: "dns" });
    await ledger.putEvent("acme.example", facts);
    await ledger.putEvent("acme.example", facts);
    expect(await ledger.events("acme.example", 10)).toEqual([dns, facts]);
    expect(await ledger.events("acme.example", 1)).toEqual([dns]);
  });
});

describe("expire", () => {
  it("deletes what is past its time and no more, a share at a call", async () => {
    await ledger.putLedger(7, entry(midnight, ["tls"]), 0);
    await ledger.putLedger(7, entry(midnight + 2 * hour, ["tls"]), 0);
    await ledger.expire(midnight + 3 * day);
    expect(await ledger.ledger(7, 9)).toHaveLength(2);
    await ledger.expire(midnight + 3 * day + hour);
    expect((await ledger.ledger(7, 9)).map(({ at }) => at)).toEqual([midnight + 2 * hour]);
  });

  it("forgets a clear cause some time after its last bad answer, and never one that is open", async () => {
    const { state } = embedded.store;
    await state.putCause({ value: cause({ state: "clear", due: null }), version: 0 });
    await state.putCause({ value: cause({ subject: "192.0.2.2:25", state: "open", due: null }), version: 0 });
    await ledger.expire(cause().stateSince + 10 * day);
    expect((await state.cause("cleartext", "192.0.2.1:25")).value).toBeNull();
    expect((await state.cause("cleartext", "192.0.2.2:25")).value?.state).toBe("open");
  });
});
