import { describe, expect, it } from "vitest";
import { withheld } from "../../../lib/judge/enforced.ts";
import { finding } from "../../../lib/judge/findings.ts";
import { cleanNeeded } from "../../../lib/judge/incident/window.ts";
import { isSpent } from "../../../lib/model/incident.ts";
import { defaultPolicy } from "../../../lib/model/policy.ts";
import { minute, now } from "../build.ts";
import { second, watch } from "./watch.ts";

describe("intermittent: three bad of the last 24", () => {
  /** One plain backend of eight, five minutes apart. */
  function oneOfEight() {
    const machine = watch();
    machine.bad(0);
    for (let looks = 1; looks <= 16; looks++) machine[looks % 8 === 0 ? "bad" : "good"](5 * minute);
    return machine;
  }

  it("opens with its rate", () => {
    const machine = oneOfEight();
    expect([machine.state(), machine.told]).toEqual(["open", ["opened"]]);
    const alert = machine.cause().outbox[0]?.alert;
    expect(alert).toMatchObject({ form: "intermittent", rate: { bad: 3, of: 17 }, since: now });
    expect(alert?.context.findings[0]).toMatchObject({
      code: "starttls.intermittent",
      evidence: ["3 of the last 17 answers were without TLS"],
    });
  });

  it("is a share that queues where the sender enforces TLS", () => {
    const findings = [withheld(finding("starttls.absent"))];
    const machine = watch();
    for (const _ of [1, 2, 3]) {
      machine.good(5 * minute);
      machine.bad(5 * minute, { context: { findings } });
    }
    const told = machine.cause().outbox[0]?.alert.context.findings.map(({ consequence }) => consequence);
    expect(told).toEqual(["a share of the mail queues and bounces", "mail queues and bounces"]);
  });

  it("counts confirmation answers", () => {
    const machine = watch();
    machine.bad(0);
    machine.good(20 * second, { round: 1 });
    machine.bad(20 * second, { round: 2 });
    machine.bad(20 * second, { round: 3 });
    expect(machine.cause()).toMatchObject({ state: "open", form: "intermittent" });
  });

  it("three bad answers farther apart than the window are none", () => {
    const machine = watch();
    for (let looks = 0; looks < 60; looks++) machine[looks % 12 === 0 ? "bad" : "good"](5 * minute);
    expect(machine.told).toEqual([]);
  });

  it("is over only after as many clean answers as make a chance of one in ten thousand", () => {
    expect(cleanNeeded({ bad: 3, of: 24 }, defaultPolicy)).toBe(69);
    expect(cleanNeeded({ bad: 12, of: 24 }, defaultPolicy)).toBe(24);
    const machine = oneOfEight();
    const needed = cleanNeeded({ bad: 3, of: 17 }, defaultPolicy);
    for (let looks = 1; looks < needed; looks++) machine.good(5 * minute);
    expect(machine.state()).toBe("recovering");
    machine.good(5 * minute);
    expect(machine.told).toEqual(["opened", "recovered"]);
  });

  it("coming and going is its nature, and no flapping", () => {
    const machine = oneOfEight();
    for (let looks = 1; looks <= 24; looks++) machine[looks % 4 === 0 ? "bad" : "good"](minute);
    expect([machine.state(), machine.told]).toEqual(["open", ["opened"]]);
  });

  it("is worse when it becomes steady", () => {
    const machine = oneOfEight();
    machine.acknowledge("ada");
    machine.bad(20 * second, { round: 1 });
    machine.bad(20 * second, { round: 2 });
    expect(machine.told).toEqual(["opened", "worse"]);
    expect(machine.cause()).toMatchObject({ form: "steady", incident: { rate: null, acknowledged: null } });
  });

  it("the window is kept while it holds a bad answer, and forgotten after 24 good ones", () => {
    const machine = watch();
    machine.bad(0);
    machine.good(20 * second);
    expect(isSpent(machine.cause())).toBe(false);
    for (let looks = 0; looks < 23; looks++) machine.good(5 * minute);
    expect(isSpent(machine.cause())).toBe(true);
    const before = machine.cause();
    machine.good(5 * minute);
    expect(machine.cause()).toBe(before);
  });
});
