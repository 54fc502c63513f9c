import { describe, expect, it } from "vitest";
import { advance } from "../../../lib/judge/incident.ts";
import type { CauseState } from "../../../lib/model/incident.ts";
import { defaultPolicy } from "../../../lib/model/policy.ts";
import { minute, now } from "../build.ts";
import { opened, recovering, second, watch } from "./watch.ts";

describe("states and answers (design: incident machine)", () => {
  const reach: Record<CauseState, () => ReturnType<typeof watch>> = {
    clear: () => watch(),
    suspected: () => {
      const machine = watch();
      machine.bad(0);
      return machine;
    },
    open: () => opened(),
    recovering,
  };

  it.each<[CauseState, "bad" | "good" | "none", CauseState, string[]]>([
    ["clear", "good", "clear", []],
    ["clear", "none", "clear", []],
    ["clear", "bad", "suspected", []],
    ["suspected", "none", "suspected", []],
    ["suspected", "good", "clear", []],
    ["suspected", "bad", "suspected", []],
    ["open", "none", "open", []],
    ["open", "bad", "open", []],
    ["open", "good", "recovering", []],
    ["recovering", "none", "recovering", []],
    ["recovering", "good", "recovering", []],
    ["recovering", "bad", "open", []],
  ])("%s + %s → %s, tells %j", (before, word, after, tells) => {
    const machine = reach[before]();
    const already = machine.told.length;
    machine[word](30 * second);
    expect([machine.state(), machine.told.slice(already)]).toEqual([after, tells]);
  });

  it.each<[CauseState, CauseState, string[]]>([
    ["clear", "clear", []],
    ["suspected", "clear", []],
    ["open", "clear", ["gone"]],
    ["recovering", "clear", ["gone"]],
  ])("%s + gone → %s, tells %j", (before, after, tells) => {
    const machine = reach[before]();
    const already = machine.told.length;
    machine.gone();
    expect([machine.state(), machine.told.slice(already)]).toEqual([after, tells]);
  });

  it("nothing is kept of what was always good", () => {
    expect(advance(null, { kind: "tick" }, defaultPolicy, now).cause).toBeNull();
    const machine = watch();
    machine.good(0);
    machine.none(minute);
    expect(() => machine.cause()).toThrow("nothing is kept");
  });
});
