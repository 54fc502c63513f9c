import { describe, expect, it } from "vitest";
import { minute } from "../build.ts";
import { opened } from "./watch.ts";

describe("flapping", () => {
  it("one message says so, then nothing until it was clear for an hour", () => {
    const machine = opened();
    for (let flaps = 0; flaps < 6; flaps++) {
      machine.good(2 * minute);
      machine.bad(2 * minute);
    }
    expect(machine.told).toEqual(["opened", "flapping"]);
    expect(machine.cause().due).toBeNull();
    for (let minutes = 0; minutes <= 60; minutes += 5) {
      expect(machine.told).toEqual(["opened", "flapping"]);
      machine.good(5 * minute);
    }
    expect(machine.told).toEqual(["opened", "flapping", "recovered"]);
  });

  it("and what got worse as well is told in that one message", () => {
    const machine = opened();
    machine.good(2 * minute);
    machine.bad(2 * minute);
    machine.good(2 * minute);
    machine.bad(2 * minute, { context: { severity: "critical" } });
    expect(machine.told).toEqual(["opened", "flapping"]);
    expect(machine.cause().context.severity).toBe("critical");
  });

  it("openings more than an hour apart are none", () => {
    const machine = opened();
    for (let flaps = 0; flaps < 6; flaps++) {
      machine.good(minute);
      machine.bad(40 * minute);
    }
    expect(machine.told).toEqual(["opened"]);
  });
});
