import { describe, expect, it } from "vitest";
import { type IncidentClass, isSpent } from "../../../lib/model/incident.ts";
import { hour, minute, now } from "../build.ts";
import { watch } from "./watch.ts";

describe("silence that lasts (unreachable, temporarily-unavailable)", () => {
  it.each<IncidentClass>(["unreachable", "temporarily-unavailable"])(
    "%s opens after half an hour over six cycles",
    (cls) => {
      const machine = watch(cls);
      for (let cycles = 0; cycles < 6; cycles++) expect(machine.bad(5 * minute).confirm).toBeNull();
      expect(machine.state()).toBe("suspected");
      machine.bad(5 * minute);
      expect([machine.state(), machine.told]).toEqual(["open", ["opened"]]);
      expect(machine.cause().incident?.since).toBe(now + 5 * minute);
    },
  );

  it("half an hour in two long cycles is not enough", () => {
    const machine = watch("unreachable");
    for (let cycles = 0; cycles < 5; cycles++) machine.bad(20 * minute);
    expect(machine.state()).toBe("suspected");
    machine.bad(20 * minute);
    expect(machine.state()).toBe("open");
  });

  it("one answer starts the count again, and nothing is kept", () => {
    const machine = watch("unreachable");
    for (let cycles = 0; cycles < 6; cycles++) machine.bad(5 * minute);
    machine.good(5 * minute);
    expect(isSpent(machine.cause())).toBe(true);
    for (let cycles = 0; cycles < 6; cycles++) machine.bad(5 * minute);
    expect(machine.told).toEqual([]);
  });

  it("never opens beside an open loss of the same target, and does when that is over", () => {
    const machine = watch("unreachable");
    for (let cycles = 0; cycles < 30; cycles++) machine.bad(5 * minute, { held: true });
    expect(machine.told).toEqual([]);
    machine.bad(5 * minute);
    expect(machine.told).toEqual(["opened"]);
  });
});

describe("a certificate near its end", () => {
  it("needs no confirmation, is worse at its end, and over when it isn't shown any more", () => {
    const machine = watch("expiring");
    expect(machine.bad(0, { context: { severity: "warning" } }).confirm).toBeNull();
    expect(machine.told).toEqual(["opened"]);
    machine.bad(10 * hour, { context: { severity: "critical" } });
    expect(machine.told).toEqual(["opened", "worse"]);
    machine.good(minute);
    expect([machine.state(), machine.cause().due]).toEqual(["recovering", machine.now() + 10 * minute]);
    machine.tick(10 * minute);
    expect(machine.told).toEqual(["opened", "worse", "recovered"]);
  });

  it("one backend that still shows it brings it back in silence", () => {
    const machine = watch("expiring");
    machine.bad(0);
    machine.good(minute);
    machine.bad(minute);
    machine.tick(hour);
    expect([machine.state(), machine.told]).toEqual(["open", ["opened"]]);
  });
});
