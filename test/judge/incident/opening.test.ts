import { describe, expect, it } from "vitest";
import { incidentId } from "../../../lib/judge/incident.ts";
import { minute, now } from "../build.ts";
import { context, opened, second, watch } from "./watch.ts";

describe("opening", () => {
  it("asks for looks of its own at the first bad answer, once", () => {
    const machine = watch();
    expect(machine.bad(0).confirm).toEqual({ cycle: 1, rounds: [1, 2, 3] });
    expect(machine.bad(20 * second, { round: 1 }).confirm).toBeNull();
  });

  it("a confirmation that brings the suspicion back has its further rounds under way", () => {
    const machine = watch();
    machine.bad(0);
    machine.good(20 * second, { round: 1 });
    expect(machine.bad(20 * second, { round: 2 }).confirm).toBeNull();
    expect(machine.cause().due).toBe(machine.now() + 50 * second);
  });

  it("takes three bad answers over 40 seconds", () => {
    const machine = watch();
    machine.bad(0);
    machine.bad(10 * second, { round: 1 });
    machine.bad(10 * second, { round: 2 });
    expect(machine.state()).toBe("suspected");
    machine.bad(20 * second, { round: 3 });
    expect([machine.state(), machine.told]).toEqual(["open", ["opened"]]);
  });

  it("takes no good answer between", () => {
    const machine = watch();
    machine.bad(0);
    machine.good(20 * second, { round: 1 });
    machine.bad(20 * second, { round: 2 });
    expect([machine.state(), machine.told]).toEqual(["suspected", []]);
  });

  it("takes two vantages where two have a vote", () => {
    const machine = watch();
    for (const round of [0, 1, 2]) machine.bad(20 * second, { round, sighted: ["here", "there"] });
    expect(machine.state()).toBe("suspected");
    machine.bad(second, { round: 2, vantage: "there", sighted: ["here", "there"] });
    expect(machine.state()).toBe("open");
  });

  it("silence between bad answers neither counts nor clears", () => {
    const machine = watch();
    machine.bad(0);
    machine.none(20 * second, { round: 1 });
    machine.bad(20 * second, { round: 2 });
    expect(machine.state()).toBe("suspected");
    machine.bad(20 * second, { round: 3 });
    expect(machine.state()).toBe("open");
  });

  it("gives the incident an id, the first bad answer and one message", () => {
    const { incident, outbox, votes } = opened().cause();
    expect(incident).toMatchObject({ since: now, openedAt: now + 40 * second, messages: 1, endedAt: null });
    expect(incident?.id).toMatch(/^CM-[0-9A-F]{4,}$/);
    expect(incident?.id).toBe(incidentId("cleartext", "192.0.2.1:25", now + 40 * second));
    expect(outbox).toHaveLength(1);
    expect(outbox[0]?.alert).toMatchObject({ id: `${incident?.id}·1`, kind: "opened", form: "steady", context });
    expect(outbox[0]).toMatchObject({ digest: null, notBefore: now + 70 * second, sentTo: [], attempts: 0 });
    expect(votes).toHaveLength(3);
  });

  it("what never offered TLS leaves in one message after an import", () => {
    const machine = watch();
    const firstLook = { digest: "first-look", until: now + 10 * minute };
    for (const round of [0, 1, 2]) machine.bad(20 * second, { round, firstLook, context: { neverOffered: true } });
    expect(machine.cause().outbox[0]).toMatchObject({ digest: "first-look", notBefore: firstLook.until });
  });

  it("a loss of what had TLS is told at once, even then", () => {
    const machine = watch();
    const firstLook = { digest: "first-look", until: now + 10 * minute };
    for (const round of [0, 1, 2]) machine.bad(20 * second, { round, firstLook });
    expect(machine.cause().outbox[0]?.digest).toBeNull();
  });
});
