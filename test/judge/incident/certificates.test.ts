/** What is told of a certificate's end, and when: once for each threshold, and on after it expired. */

import { describe, expect, it } from "vitest";
import { nextTelling, toldWeekly } from "../../../lib/judge/dates.ts";
import { certificatesDigest } from "../../../lib/model/incident.ts";
import { day, hour, minute, now } from "../build.ts";
import { watch } from "./watch.ts";

/** The tests' day is a Wednesday. */
const monday = Date.UTC(2026, 10, 30, 8);

function expiring(left: number) {
  const machine = watch("expiring");
  const ends = now + left;
  const context = { severity: "warning", ends } as const;
  const expired = { context: { severity: "critical", ends } } as const;
  machine.bad(0, { context });
  return { ...machine, ends, expired, seen: { context } };
}

/** The clock moves on to `at`, with a tick each hour. */
function tickTo(machine: ReturnType<typeof watch>, at: number): void {
  while (machine.now() < at) machine.tick(Math.min(hour, at - machine.now()));
}

describe("a certificate whose end is far", () => {
  it("is told with the week's digest", () => {
    const machine = expiring(21 * day);
    expect(machine.told).toEqual(["opened"]);
    expect(machine.cause().outbox[0]).toMatchObject({ digest: certificatesDigest, notBefore: monday });
  });

  it("is told once at each threshold, at its end as worse, and on by back-off", () => {
    const machine = expiring(21 * day);
    const at = (told: number) => (machine.cause().outbox[told]?.alert.at ?? 0) - machine.ends;
    tickTo(machine, machine.ends - 7 * day - hour);
    expect(machine.told).toEqual(["opened"]);
    tickTo(machine, machine.ends);
    expect(machine.told).toEqual(["opened", "reminder", "reminder"]);
    expect([at(1), at(2)]).toEqual([-7 * day, -day]);
    // Those that aren't far leave alone.
    expect(machine.cause().outbox.map(({ digest }) => digest)).toEqual([certificatesDigest, null, null]);

    machine.bad(minute, machine.expired);
    expect(machine.told.slice(3)).toEqual(["worse"]);
    // Other hosts that show the same one are no news.
    machine.bad(minute, machine.expired);
    tickTo(machine, machine.ends + 8 * day);
    expect(machine.told.slice(4)).toEqual(["reminder", "reminder", "reminder"]);
  });

  it("is told to have ended by the clock too, where nobody answers any more", () => {
    const machine = expiring(21 * day);
    tickTo(machine, machine.ends + 4 * day);
    expect(machine.told).toEqual(["opened", "reminder", "reminder", "reminder", "reminder"]);
  });

  it("that is acknowledged is told of at its end all the same", () => {
    const machine = expiring(6 * day);
    machine.acknowledge("ann");
    tickTo(machine, machine.ends);
    expect(machine.told).toEqual(["opened"]);
    machine.bad(minute, machine.expired);
    expect(machine.told).toEqual(["opened", "worse"]);
    expect(machine.cause().incident?.acknowledged).toBe(null);
  });
});

describe("one whose end is near", () => {
  it.each([
    ["seven days", 7 * day],
    ["less before the digest is", monday - now + 7 * day],
    ["an hour", hour],
    ["nothing", -hour],
  ])("%s left: it is told at once, and alone", (_name, left) => {
    expect(expiring(left).cause().outbox[0]).toMatchObject({ digest: null, notBefore: now });
  });
});

describe("the week's digest", () => {
  it.each([
    [Date.UTC(2026, 10, 30, 7, 59), monday],
    [monday, monday + 7 * day],
    [Date.UTC(2026, 11, 6, 23), monday + 7 * day],
  ])("after %d leaves at %d", (at, leaves) => {
    expect(toldWeekly(at + 60 * day, at)).toBe(leaves);
  });

  it("the next threshold is the seventh day, then the last", () => {
    const ends = now + 30 * day;
    expect(nextTelling(ends, now)).toBe(ends - 7 * day);
    expect(nextTelling(ends, ends - 7 * day)).toBe(ends - day);
    expect(nextTelling(ends, ends - day)).toBe(null);
  });
});
