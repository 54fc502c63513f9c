import { beforeEach, describe, expect, it } from "vitest";
import { createWatchdog, unexplained, type Watchdog } from "../../lib/local/watchdog.ts";

const second = 1_000;
const minute = 60 * second;
const every = 5 * minute;
const start = Date.UTC(2026, 10, 25, 12);

let clock: number;
let dog: Watchdog;
beforeEach(() => {
  clock = start;
  dog = createWatchdog(() => clock, every);
});
const kinds = () => dog.troubles().map(({ kind }) => kind);

/** A cycle of ten targets, of which so many are looked at within a minute. */
function cycle(number: number, looked: number): void {
  clock = start + number * every;
  dog.began("plan")(null);
  dog.planned(number, 10);
  clock += minute;
  dog.looked(number, looked);
}

describe("a process that does its work", () => {
  it("is in no trouble, and each cycle is complete once", () => {
    for (let number = 0; number < 5; number++) {
      cycle(number, 10);
      expect(dog.completed()).toBe(1);
      expect(dog.completed()).toBe(0);
      dog.asked({ owedMs: 90 * second });
      expect(kinds()).toEqual([]);
    }
  });

  it("counts looks that come in parts, and those that come a little late", () => {
    cycle(0, 4);
    expect(dog.completed()).toBe(0);
    clock = start + every + 30 * second;
    dog.looked(0, 6);
    expect(dog.completed()).toBe(1);
    expect(kinds()).toEqual([]);
  });

  it("is complete with nine of ten looks, when no more can come", () => {
    cycle(0, 9);
    expect(dog.completed()).toBe(0);
    clock = start + every + minute + 1;
    expect(dog.completed()).toBe(1);
    expect(kinds()).toEqual([]);
  });
});

describe("a process in trouble", () => {
  it("looked at fewer than 90 % of a cycle's targets, until one is complete again", () => {
    cycle(0, 8);
    clock = start + every + minute + 1;
    expect(dog.troubles()).toEqual([{ kind: "uncovered", since: start, looked: 8, planned: 10 }]);
    expect(dog.completed()).toBe(0);
    cycle(2, 10);
    expect(kinds()).toEqual([]);
    expect(dog.completed()).toBe(1);
  });

  it("has a step that began and doesn't end", () => {
    cycle(0, 10);
    const end = dog.began("notify");
    clock += 5 * minute;
    expect(kinds()).toEqual([]);
    clock += second;
    expect(dog.troubles()).toContainEqual({ kind: "hangs", since: start + minute, step: "notify" });
    end(null);
    expect(kinds()).not.toContain("hangs");
  });

  it("lets the first look-ups of a large fleet take their time", () => {
    const end = dog.began("resolve");
    clock += 29 * minute;
    expect(kinds()).toEqual([]);
    clock += 2 * minute;
    expect(kinds()).toEqual(["hangs", "no-cycle"]);
    end(null);
  });

  it("has a step that fails each time: three times on end, and for a minute", () => {
    for (let times = 0; times < 3; times++) dog.began("judge")(new Error("no memory"));
    expect(kinds()).toEqual([]);
    clock += minute;
    expect(dog.troubles()).toEqual([{ kind: "fails", since: start, step: "judge", why: "no memory" }]);
    dog.began("judge")(null);
    expect(kinds()).toEqual([]);
  });

  it("missed two cycles", () => {
    cycle(0, 10);
    clock = start + 2 * every + 30 * second;
    expect(kinds()).toEqual([]);
    clock += 1;
    expect(dog.troubles()).toEqual([{ kind: "no-cycle", since: start }]);
    cycle(3, 10);
    expect(kinds()).toEqual([]);
  });

  it("owes a message for more than two minutes", () => {
    dog.asked({ owedMs: 2 * minute });
    expect(kinds()).toEqual([]);
    dog.asked({ owedMs: 2 * minute + 1 });
    expect(dog.troubles()).toEqual([{ kind: "owed", since: start - 2 * minute - 1 }]);
    dog.asked({ owedMs: 0 });
    expect(kinds()).toEqual([]);
  });

  it("can't read its store, twice on end", () => {
    dog.asked({ why: "connect ECONNREFUSED" });
    expect(kinds()).toEqual([]);
    clock += 15 * second;
    dog.asked({ why: "no answer within 10 s" });
    expect(dog.troubles()).toEqual([{ kind: "store", since: start, why: "no answer within 10 s" }]);
    dog.asked({ owedMs: 0 });
    expect(kinds()).toEqual([]);
  });

  it("has no complete cycle where nobody is watched, or where another process planned it", () => {
    dog.planned(0, 0);
    clock += every + 2 * minute;
    expect(dog.completed()).toBe(0);
    expect(kinds()).toEqual([]);
  });
});

describe("what is told of several troubles", () => {
  const at = start;
  const store = { kind: "store", since: at, why: "" } as const;
  const fails = { kind: "fails", since: at, step: "judge", why: "" } as const;
  const missed = { kind: "no-cycle", since: at } as const;
  const uncovered = { kind: "uncovered", since: at, looked: 1, planned: 10 } as const;
  const owed = { kind: "owed", since: at } as const;

  it.each([
    [[store, fails, missed, uncovered, owed], [store]],
    [[fails, missed, uncovered, owed], [fails]],
    [
      [missed, uncovered, owed],
      [missed, owed],
    ],
    [
      [uncovered, owed],
      [uncovered, owed],
    ],
    [[], []],
  ])("%j is %j", (all, told) => {
    expect(unexplained(all)).toEqual(told);
  });
});
