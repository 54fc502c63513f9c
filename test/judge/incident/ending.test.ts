import { describe, expect, it } from "vitest";
import { isSpent } from "../../../lib/model/incident.ts";
import { hour, minute, now } from "../build.ts";
import { opened, recovering, second } from "./watch.ts";

describe("the end", () => {
  it("takes three good answers over two cycles and ten clean minutes", () => {
    const machine = recovering();
    machine.good(5 * minute);
    expect(machine.state()).toBe("recovering");
    machine.good(5 * minute);
    expect([machine.state(), machine.told]).toEqual(["clear", ["opened", "recovered"]]);
    expect(machine.cause().incident).toMatchObject({ ended: "recovered", endedAt: machine.now() });
  });

  it("many good answers of one cycle are not enough", () => {
    const machine = opened();
    machine.good(5 * minute);
    for (const round of [1, 2, 3]) machine.good(5 * minute, { round });
    expect(machine.state()).toBe("recovering");
    machine.good(minute);
    expect(machine.state()).toBe("clear");
  });

  it("two good answers are not enough however far apart", () => {
    const machine = recovering();
    machine.good(hour);
    expect(machine.state()).toBe("recovering");
  });

  it("a bad answer between starts the clean minutes again, in silence", () => {
    const machine = recovering();
    machine.good(5 * minute);
    machine.bad(second);
    expect([machine.state(), machine.told]).toEqual(["open", ["opened"]]);
    machine.good(5 * minute);
    machine.good(5 * minute);
    expect(machine.state()).toBe("recovering");
    machine.good(5 * minute);
    expect([machine.state(), machine.told]).toEqual(["clear", ["opened", "recovered"]]);
  });

  it("time alone never ends it: the server may have fallen silent since", () => {
    const machine = recovering();
    machine.good(minute);
    machine.good(minute);
    machine.none(20 * minute);
    machine.tick(hour);
    expect(machine.state()).toBe("recovering");
    machine.good(second);
    expect(machine.told).toEqual(["opened", "recovered"]);
  });

  it("gone is not recovered", () => {
    const machine = opened();
    machine.gone();
    expect(machine.told).toEqual(["opened", "gone"]);
    expect(machine.cause().incident?.ended).toBe("gone");
    const before = machine.cause();
    machine.gone();
    expect(machine.cause()).toBe(before);
  });

  it("the bad answers of a told incident don't count again", () => {
    const machine = recovering();
    machine.good(5 * minute);
    machine.good(5 * minute);
    machine.bad(5 * minute);
    expect([machine.state(), machine.told]).toEqual(["suspected", ["opened", "recovered"]]);
  });

  it("is forgotten when its messages are sent and an hour is over", () => {
    const machine = recovering();
    machine.good(5 * minute);
    machine.good(5 * minute);
    const sent = () => ({ ...machine.cause(), outbox: [] });
    expect(isSpent(machine.cause())).toBe(false);
    expect(isSpent(sent())).toBe(false);
    expect(machine.cause().due).toBe(now + 40 * second + hour);
    machine.tick(hour);
    expect([isSpent(sent()), machine.cause().due]).toEqual([true, null]);
  });
});
