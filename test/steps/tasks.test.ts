import { describe, expect, it } from "vitest";
import { defaultRequirement } from "../../lib/model/customer.ts";
import { blankMemory, type RosterEntry, type Slice } from "../../lib/model/roster.ts";
import { confirmJobs, identityNameAt, tasksOf } from "../../lib/steps/tasks.ts";

const fiveMinutes = 300_000;
const cyclesPerDay = 288;

function entry(names: readonly { name: string; since: number }[], address = "192.0.2.1"): RosterEntry {
  const need = {
    hop: "gateway",
    require: defaultRequirement,
    customers: 1,
    customer: "acme",
    alarms: true,
    enforced: false,
  } as const;
  return {
    target: { address, port: 25, tls: "starttls" },
    names,
    vantage: "here",
    outside: true,
    allowPrivate: false,
    needs: [need],
    beside: [],
    since: 10,
  };
}

function named(count: number, since: number, prefix = "mx"): { name: string; since: number }[] {
  return Array.from({ length: count }, (_, index) => ({ name: `${prefix}${index}.example`, since }));
}

const slice = (...entries: (RosterEntry | null)[]): Slice => ({ number: 3, vantage: "here", entries });

/** The cycles in which each name is looked at by its own server name. */
function looks(of: RosterEntry, from: number, to: number): Map<string, number[]> {
  const seen = new Map<string, number[]>();
  for (let cycle = from; cycle < to; cycle++) {
    const name = identityNameAt(of, cycle, fiveMinutes);
    if (name !== null) seen.set(name, [...(seen.get(name) ?? []), cycle]);
  }
  return seen;
}

describe("the tasks of a slice", () => {
  it("look at each target once under its first name, and say what is known of it", () => {
    const memory = [blankMemory, { ...blankMemory, fingerprint: "F1" }];
    const tasks = tasksOf(slice(null, entry(named(1, 10)), entry([], "192.0.2.2")), memory, 11, fiveMinutes);
    expect(tasks).toMatchObject([
      { slot: 1, name: "mx0.example", identity: false, known: "F1" },
      { slot: 2, name: null, identity: false, known: "" },
    ]);
  });

  it("take the operator's word for private addresses along", () => {
    const [task] = tasksOf(slice({ ...entry([]), allowPrivate: true }), [], 11, fiveMinutes);
    expect(task?.allowPrivate).toBe(true);
  });

  it("are the same each time they are asked for", () => {
    const of = slice(entry(named(50, 10)));
    expect(tasksOf(of, [], 40, fiveMinutes)).toEqual(tasksOf(of, [], 40, fiveMinutes));
  });
});

describe("identity looks", () => {
  it("add at most one connection per target and cycle with 1,000 names on one address", () => {
    const crowded = slice(entry(named(1000, 10)));
    for (let cycle = 10; cycle < 2100; cycle++) {
      const tasks = tasksOf(crowded, [], cycle, fiveMinutes);
      expect(tasks.filter(({ identity }) => !identity)).toHaveLength(1);
      expect(tasks.length).toBeLessThanOrEqual(2);
    }
  });

  it("ask for all the facts: nothing is remembered of a further name's look", () => {
    const tasks = tasksOf(slice(entry(named(2, 10))), [{ ...blankMemory, fingerprint: "F1" }], 11, fiveMinutes);
    expect(tasks[1]).toMatchObject({ name: "mx1.example", identity: true, known: "" });
  });

  it("take the further names one a cycle on first sight, beginning with the cycle after", () => {
    const first = looks(entry(named(4, 10)), 10, 14);
    expect([...first]).toEqual([
      ["mx1.example", [11]],
      ["mx2.example", [12]],
      ["mx3.example", [13]],
    ]);
  });

  it("let names that come while others queue up wait for their turn, and forget none", () => {
    const of = entry([...named(6, 10), ...named(3, 12, "late")]);
    const first = looks(of, 10, 19);
    expect([...first.values()].flat()).toEqual([11, 12, 13, 14, 15, 16, 17, 18]);
    expect(first.size).toBe(8);
  });

  it("come round once a day for every further name, spread over the day", () => {
    const of = entry(named(25, 10));
    const day = looks(of, 1000, 1000 + cyclesPerDay);
    expect(day.size).toBe(24);
    expect([...day.values()].every((cycles) => cycles.length === 1)).toBe(true);
    const cycles = [...day.values()].flat().sort((a, b) => a - b);
    const gaps = cycles.slice(1).map((cycle, index) => cycle - (cycles[index] ?? 0));
    expect(Math.max(...gaps)).toBe(cyclesPerDay / 24);
  });

  it("come round in as many cycles as there are names where a day has fewer", () => {
    const of = entry(named(1001, 10));
    const round = looks(of, 5000, 6000);
    expect(round.size).toBe(1000);
  });

  it("of different targets don't fall on the same cycles", () => {
    const starts = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"].map(
      (address) => [...looks(entry(named(2, 10), address), 1000, 1000 + cyclesPerDay).values()][0]?.[0],
    );
    expect(new Set(starts).size).toBe(4);
  });

  it("are not needed where there is one name, or none", () => {
    expect(looks(entry(named(1, 10)), 10, 600).size).toBe(0);
    expect(looks(entry([]), 10, 600).size).toBe(0);
  });
});

describe("confirmations", () => {
  const doubt = { slice: 3, cycle: 20, rounds: [1, 2], known: "F1" };

  it("look again after their delays, from the vantage that found it, and have a last moment", () => {
    const target = entry(named(3, 10));
    const jobs = confirmJobs([{ ...doubt, slot: 7, entry: target }], [20_000, 40_000, 60_000], 1_000_000);
    expect(jobs.map(({ delayMs, job: { round, notAfter } }) => [delayMs, round, notAfter])).toEqual([
      [20_000, 1, 1_080_000],
      [40_000, 2, 1_100_000],
    ]);
    expect(jobs[0]?.job).toMatchObject({ v: 1, slice: 3, cycle: 20, vantage: "here" });
    expect(jobs[0]?.job.tasks).toEqual([
      { slot: 7, target: target.target, name: "mx0.example", identity: false, allowPrivate: false, known: "F1" },
    ]);
  });

  it("of one slice and round are one job, however many targets are in doubt", () => {
    const doubts = [7, 8, 9].map((slot) => ({ ...doubt, slot, entry: entry([], `192.0.2.${slot}`) }));
    const jobs = confirmJobs(doubts, [20_000, 40_000], 0);
    expect(jobs.map(({ job: { round, tasks } }) => [round, tasks.length])).toEqual([
      [1, 3],
      [2, 3],
    ]);
  });
});
