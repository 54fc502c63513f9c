import { describe, expect, it } from "vitest";
import { againAfter } from "../../../lib/judge/incident.ts";
import { defaultPolicy } from "../../../lib/model/policy.ts";
import { minute, now } from "../build.ts";
import { opened, recovering, second, watch } from "./watch.ts";

describe("delivered twice, late, or after a crash", () => {
  it("the same look changes nothing the second time", () => {
    const machine = watch();
    machine.bad(0, { cycle: 7 });
    const before = machine.cause();
    machine.bad(0, { cycle: 7 });
    expect(machine.cause()).toBe(before);
  });

  it("a round that was made twice, since its first look seemed lost, is two looks", () => {
    const machine = recovering();
    machine.good(20 * second, { round: 1 });
    machine.bad(5 * second, { round: 1 });
    expect(machine.state()).toBe("open");
  });

  it("a look older than the state changes nothing", () => {
    const machine = watch();
    machine.bad(0);
    machine.good(20 * second, { round: 1 });
    const before = machine.cause();
    machine.bad(-10 * second, { round: 2 });
    expect(machine.cause()).toBe(before);
    const back = recovering();
    back.bad(-minute);
    expect(back.state()).toBe("recovering");
  });

  it("a further bad answer of a steady incident costs no write", () => {
    const machine = opened();
    const before = machine.cause();
    machine.bad(5 * minute);
    expect(machine.cause()).toBe(before);
  });

  it("asks again for the looks that a crash swallowed, soon enough for an alert within 90 seconds", () => {
    const machine = watch();
    machine.bad(0);
    expect(machine.cause().due).toBe(now + 50 * second);
    expect(machine.tick(49 * second).confirm).toBeNull();
    expect(machine.tick(second).confirm).toEqual({ cycle: 1, rounds: [1, 2, 3] });
    expect(againAfter(defaultPolicy)).toEqual([0, 5 * second, 10 * second]);
    machine.bad(second, { round: 1 });
    machine.bad(5 * second, { round: 2 });
    expect(machine.told).toEqual(["opened"]);
  });

  it("asks only for those that are missing, and waits for each as it comes", () => {
    const machine = watch();
    machine.bad(0);
    machine.bad(20 * second, { round: 1 });
    expect(machine.cause().due).toBe(now + 70 * second);
    expect(machine.tick(50 * second).confirm).toEqual({ cycle: 1, rounds: [2, 3] });
    expect(machine.cause().due).toBe(machine.now() + 50 * second);
  });

  it("does not ask for ever", () => {
    const machine = watch();
    machine.bad(0);
    let asked = 0;
    for (let ticks = 0; ticks < 60; ticks++) asked += machine.tick(20 * second).confirm === null ? 0 : 1;
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(2);
    expect([machine.state(), machine.cause().due]).toEqual(["suspected", null]);
  });

  it("asks again at the next cycle's bad answer", () => {
    const machine = watch();
    machine.bad(0);
    expect(machine.bad(5 * minute).confirm).toEqual({ cycle: 2, rounds: [1, 2, 3] });
  });
});
