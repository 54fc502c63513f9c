import { describe, expect, it } from "vitest";
import { hour, minute, now } from "../build.ts";
import { opened, second, watch } from "./watch.ts";

const day = 24 * hour;

describe("open", () => {
  it("reminds with doubled waits until it is acknowledged", () => {
    const machine = opened();
    expect(machine.cause().due).toBe(now + 40 * second + day);
    machine.tick(day - second);
    expect(machine.told).toEqual(["opened"]);
    machine.tick(second);
    expect(machine.told).toEqual(["opened", "reminder"]);
    machine.tick(2 * day - second);
    expect(machine.told).toHaveLength(2);
    machine.tick(second);
    expect(machine.told).toEqual(["opened", "reminder", "reminder"]);
    expect(machine.cause().outbox.map(({ alert }) => alert.id.split("·")[1])).toEqual(["1", "2", "3"]);
    machine.acknowledge("ada");
    expect([machine.cause().due, machine.cause().incident?.acknowledged?.by]).toEqual([machine.now() + 7 * day, "ada"]);
  });

  it("an acknowledgement lapses after seven days, which the reminder says; then reminders go on", () => {
    const machine = opened();
    machine.acknowledge("ada");
    const since = machine.now();
    machine.tick(7 * day - second);
    expect(machine.told).toEqual(["opened"]);
    machine.tick(second);
    expect(machine.told).toEqual(["opened", "reminder"]);
    expect(machine.cause().outbox[1]?.alert.lapsed).toEqual({ by: "ada", at: since });
    expect(machine.cause()).toMatchObject({ due: machine.now() + day, incident: { acknowledged: null } });
    machine.tick(day);
    expect(machine.told).toEqual(["opened", "reminder", "reminder"]);
    expect(machine.cause().outbox[2]?.alert.lapsed).toBeNull();
  });

  it("what flaps has no acknowledgement that could lapse into a reminder", () => {
    const machine = opened("cleartext", { flapsPerHour: 1 });
    machine.acknowledge("ada");
    expect(machine.cause().due).toBeNull();
    machine.tick(30 * day);
    expect(machine.told).toEqual(["flapping"]);
  });

  it("is acknowledged once, and only while it is open", () => {
    const machine = opened();
    machine.acknowledge("ada");
    const before = machine.cause();
    machine.acknowledge("bob");
    expect(machine.cause()).toBe(before);
    const suspected = watch();
    suspected.bad(0);
    suspected.acknowledge("ada");
    expect(suspected.cause().incident).toBeNull();
  });

  it("worse is told again and clears the acknowledgement", () => {
    const machine = opened("weak");
    const milder = watch("weak");
    for (const round of [0, 1, 2]) milder.bad(20 * second, { round, context: { severity: "warning" } });
    milder.acknowledge("ada");
    milder.bad(5 * minute, { context: { severity: "critical" } });
    expect(milder.told).toEqual(["opened", "worse"]);
    expect(milder.cause().incident?.acknowledged).toBeNull();
    machine.bad(5 * minute, { context: { severity: "warning" } });
    expect(machine.told).toEqual(["opened"]);
  });
});
