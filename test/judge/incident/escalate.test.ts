import { describe, expect, it } from "vitest";
import { advance } from "../../../lib/judge/incident.ts";
import type { Cause } from "../../../lib/model/incident.ts";
import { defaultPolicy } from "../../../lib/model/policy.ts";
import { armed } from "../../../lib/steps/outbox.ts";
import { minute } from "../build.ts";
import { opened } from "./watch.ts";

/** An open cause that was told of just now; its second contacts wait so many minutes. */
function told(...waits: readonly number[]) {
  const machine = opened();
  let at = machine.now();
  let cause = armed(
    machine.cause(),
    waits.map((wait) => wait * minute),
    at,
  );
  const send = (event: Parameters<typeof advance>[1], after: number) => {
    at += after;
    const step = advance(cause, event, defaultPolicy, at);
    cause = step.cause as Cause;
    return step.owed.map(({ alert, reach }) => [alert.kind, reach.over / minute, reach.upTo / minute]);
  };
  return {
    cause: () => cause,
    tick: (after: number) => send({ kind: "tick" }, after),
    acknowledge: (after = 0) => send({ kind: "acknowledge", by: "ada" }, after),
    gone: () => send({ kind: "gone" }, 0),
    rearm: (all = waits) => {
      cause = armed(
        cause,
        all.map((wait) => wait * minute),
        at,
      );
    },
    dueIn: () => ((cause.due ?? 0) - at) / minute,
  };
}

const justBelow = -1 / minute;

describe("second contacts", () => {
  it("are told when nobody acknowledged it in time, and not before", () => {
    const { tick, dueIn } = told(30);
    expect(dueIn()).toBe(30);
    expect(tick(30 * minute - 1)).toEqual([]);
    expect(tick(1)).toEqual([["escalated", 0, 30]]);
    expect(tick(1)).toEqual([]);
  });

  it("don't wait for what flaps: nothing more is said of it", () => {
    const cause = opened().cause();
    const quiet = { ...cause, incident: cause.incident && { ...cause.incident, quiet: true } };
    expect(armed(quiet, [30 * minute], 0)).toBe(quiet);
  });

  it("are told in turn, the most patient last", () => {
    const { tick, cause } = told(120, 30, 30);
    expect(cause().incident?.escalations).toHaveLength(2);
    expect(tick(30 * minute)).toEqual([["escalated", 0, 30]]);
    expect(tick(90 * minute)).toEqual([["escalated", 30, 120]]);
  });

  it("that are overdue together are told at once", () => {
    expect(told(30, 120).tick(300 * minute)).toEqual([["escalated", 0, 120]]);
  });

  it("of others, who are told later, wait from then on, and are told once", () => {
    const { tick, rearm } = told(30);
    tick(10 * minute);
    rearm([30, 60]);
    rearm([30, 60]);
    expect(tick(20 * minute)).toEqual([["escalated", 0, 30]]);
    rearm([30, 60]);
    expect(tick(40 * minute - 1)).toEqual([]);
    expect(tick(1)).toEqual([["escalated", 30, 60]]);
    expect(tick(60 * minute)).toEqual([]);
  });

  it("who are told later and wait shorter hear of it with those who wait longer", () => {
    const { tick, rearm } = told(30);
    tick(25 * minute);
    rearm([10, 30]);
    expect(tick(5 * minute)).toEqual([["escalated", 0, 30]]);
    expect(tick(60 * minute)).toEqual([]);
  });

  it("are left in peace once somebody knows of it", () => {
    const { acknowledge, tick } = told(30);
    acknowledge(29 * minute);
    expect(tick(minute)).toEqual([]);
    expect(tick(60 * minute)).toEqual([]);
  });

  it("hear of what becomes of it", () => {
    const { tick, gone } = told(30);
    tick(30 * minute);
    expect(gone()).toEqual([["gone", -1 / minute, 30]]);
  });

  it("hear of nothing that ended before their time", () => {
    expect(told(30).gone()).toEqual([["gone", justBelow, 0]]);
  });

  it("wait once more when an acknowledgement has lapsed", () => {
    const { acknowledge, tick, cause, rearm } = told(30);
    acknowledge();
    expect(tick(defaultPolicy.acknowledgedFor)).toMatchObject([["reminder", justBelow, 0]]);
    expect(cause().incident).toMatchObject({ acknowledged: null, escalations: null });
    rearm();
    expect(tick(30 * minute)).toEqual([["escalated", 0, 30]]);
  });

  it("don't hear of what flaps: nothing more is said of it", () => {
    const machine = told(30);
    const quiet = machine.cause();
    const cause = { ...quiet, incident: quiet.incident && { ...quiet.incident, quiet: true } };
    expect(advance(cause, { kind: "tick" }, defaultPolicy, (quiet.due ?? 0) + minute).owed).toEqual([]);
  });
});
