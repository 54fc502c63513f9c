import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advance } from "../../../lib/judge/incident.ts";
import type { IncidentClass } from "../../../lib/model/incident.ts";
import { defaultPolicy } from "../../../lib/model/policy.ts";
import { hour, minute } from "../build.ts";
import { context, watch } from "./watch.ts";

describe("whatever comes", () => {
  const event = fc.record({
    word: fc.constantFrom("bad", "good", "none", "tick", "acknowledge"),
    after: fc.integer({ min: 1, max: 10 * minute }),
    round: fc.integer({ min: 0, max: 3 }),
    vantage: fc.constantFrom("here", "there"),
  });
  const history = fc.array(event, { maxLength: 80 });
  const classes = fc.constantFrom<IncidentClass>(
    "cleartext",
    "weak",
    "unauthenticated",
    "unreachable",
    "temporarily-unavailable",
  );

  function play(
    machine: ReturnType<typeof watch>,
    { word, after, round, vantage }: typeof event extends fc.Arbitrary<infer E> ? E : never,
  ) {
    if (word === "tick") machine.tick(after);
    else if (word === "acknowledge") machine.acknowledge("ada");
    else machine[word as "bad"](after, { round, vantage });
  }

  it("silence, time and acknowledgements never end an incident, and never open one", () => {
    fc.assert(
      fc.property(
        classes,
        history,
        fc.array(fc.tuple(fc.constantFrom("none", "tick", "acknowledge"), fc.integer({ min: 0, max: 5 * hour }))),
        (cls, before, silence) => {
          const machine = watch(cls);
          for (const one of before) play(machine, one);
          const state = machine.state();
          const told = machine.told.filter((kind) => kind !== "reminder").length;
          for (const [word, after] of silence) play(machine, { word, after, round: 0, vantage: "here" });
          expect(machine.state()).toBe(state);
          expect(machine.told.filter((kind) => kind !== "reminder")).toHaveLength(told);
        },
      ),
    );
  });

  it("an incident opens once and ends once, and its messages are numbered without a gap", () => {
    fc.assert(
      fc.property(classes, history, (cls, events) => {
        const machine = watch(cls, { cleanFor: minute, silentFor: minute });
        for (const one of events) play(machine, one);
        let open = false;
        for (const kind of machine.told) {
          if (kind === "opened" || (kind === "flapping" && !open)) {
            expect(open).toBe(false);
            open = true;
          } else expect(open).toBe(true);
          if (kind === "recovered") open = false;
        }
        expect(open).toBe(machine.state() === "open" || machine.state() === "recovering");
        const ids = machine.told.length === 0 ? [] : machine.cause().outbox.map(({ alert }) => alert.id);
        expect(new Set(ids).size).toBe(ids.length);
        for (const [index, { alert }] of (machine.told.length === 0 ? [] : machine.cause().outbox).entries()) {
          const previous = machine.cause().outbox[index - 1]?.alert;
          const number = previous?.incident === alert.incident ? Number(previous.id.split("·")[1]) + 1 : 1;
          expect(alert.id).toBe(`${alert.incident}·${number}`);
        }
      }),
    );
  });

  it("every redelivery changes nothing", () => {
    fc.assert(
      fc.property(classes, history, (cls, events) => {
        const machine = watch(cls);
        for (const one of events) {
          play(machine, one);
          if (one.word !== "bad" && one.word !== "good") continue;
          const before = machine.told.length === 0 && machine.state() === "clear" ? null : machine.cause();
          const last = before?.votes.at(-1);
          if (before === null || last === undefined) continue;
          const again = advance(
            before,
            {
              kind: "vote",
              class: cls,
              subject: before.subject,
              vote: last,
              context,
              sighted: ["here"],
              blinded: [],
              held: false,
              firstLook: null,
            },
            defaultPolicy,
            machine.now(),
          );
          expect(again.cause).toBe(before);
        }
      }),
    );
  });
});
