import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanNeeded } from "../../lib/judge/incident/window.ts";
import { advance, type CauseEvent, type Digest, incidentId } from "../../lib/judge/incident.ts";
import {
  type Cause,
  type CauseContext,
  type CauseState,
  defaultPolicy,
  type IncidentClass,
  type IncidentPolicy,
  isSpent,
} from "../../lib/model/incident.ts";
import { hour, minute, now } from "./build.ts";

const second = 1000;

const context: CauseContext = {
  host: "mx1.acme.example",
  hop: "gateway",
  customers: 3,
  customer: null,
  neverOffered: false,
  severity: "critical",
  findings: [],
  lines: [],
  slot: null,
};

interface Look {
  readonly round?: number;
  readonly vantage?: string;
  readonly cycle?: number;
  readonly context?: Partial<CauseContext>;
  readonly sighted?: number;
  readonly held?: boolean;
  readonly firstLook?: Digest | null;
}

/** A cause and its clock. Looks come `after` ms later than the last; each is a cycle of its own unless it says otherwise. */
function watch(cls: IncidentClass = "cleartext", changes: Partial<IncidentPolicy> = {}) {
  const policy = { ...defaultPolicy, ...changes };
  let cause: Cause | null = null;
  let at = now;
  let cycle = 0;
  const told: string[] = [];
  const send = (event: CauseEvent) => {
    const step = advance(cause, event, policy, at);
    cause = step.cause;
    told.push(...step.owed.map(({ alert }) => alert.kind));
    return step;
  };
  const answer = (word: "good" | "bad" | "none", after: number, look: Look = {}) => {
    at += after;
    cycle = look.cycle ?? ((look.round ?? 0) > 0 ? cycle : cycle + 1);
    return send({
      kind: "vote",
      class: cls,
      subject: "192.0.2.1:25",
      vote: { at, cycle, round: look.round ?? 0, vantage: look.vantage ?? "here", answer: word },
      context: { ...context, ...look.context },
      sighted: look.sighted ?? 1,
      held: look.held ?? false,
      firstLook: look.firstLook ?? null,
    });
  };
  return {
    told,
    bad: (after: number, look?: Look) => answer("bad", after, look),
    good: (after: number, look?: Look) => answer("good", after, look),
    none: (after: number, look?: Look) => answer("none", after, look),
    tick: (after: number) => {
      at += after;
      return send({ kind: "tick" });
    },
    gone: () => send({ kind: "gone" }),
    acknowledge: (by: string) => send({ kind: "acknowledge", by }),
    state: (): CauseState => cause?.state ?? "clear",
    cause: (): Cause => {
      if (cause === null) throw new Error("nothing is kept of it");
      return cause;
    },
    now: () => at,
  };
}

/** Bad at 0, 20, 40 s: open. */
function opened(cls: IncidentClass = "cleartext", changes: Partial<IncidentPolicy> = {}) {
  const machine = watch(cls, changes);
  machine.bad(0);
  machine.bad(20 * second, { round: 1 });
  machine.bad(20 * second, { round: 2 });
  return machine;
}

function recovering() {
  const machine = opened();
  machine.good(5 * minute);
  return machine;
}

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
    expect(machine.cause().due).toBe(machine.now() + 90 * second);
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
    for (const round of [0, 1, 2]) machine.bad(20 * second, { round, sighted: 2 });
    expect(machine.state()).toBe("suspected");
    machine.bad(second, { round: 2, vantage: "there", sighted: 2 });
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
    expect(outbox[0]).toMatchObject({ digest: null, notBefore: now + 40 * second, sentTo: [], attempts: 0 });
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

describe("delivered twice, late, or after a crash", () => {
  it("the same look changes nothing the second time", () => {
    const machine = watch();
    machine.bad(0, { cycle: 7 });
    const before = machine.cause();
    machine.bad(0, { cycle: 7 });
    expect(machine.cause()).toBe(before);
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

  it("asks again for the looks that a crash swallowed", () => {
    const machine = watch();
    machine.bad(0);
    machine.bad(20 * second, { round: 1 });
    const { due } = machine.cause();
    expect(due).toBe(now + 90 * second);
    expect(machine.tick(60 * second).confirm).toBeNull();
    expect(machine.tick(10 * second).confirm).toEqual({ cycle: 1, rounds: [2, 3] });
    expect(machine.cause().due).toBe(machine.now() + 90 * second);
  });

  it("does not ask for ever", () => {
    const machine = watch();
    machine.bad(0);
    let asked = 0;
    for (let ticks = 0; ticks < 60; ticks++) asked += machine.tick(minute).confirm === null ? 0 : 1;
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(3);
    expect([machine.state(), machine.cause().due]).toEqual(["suspected", null]);
  });

  it("asks again at the next cycle's bad answer", () => {
    const machine = watch();
    machine.bad(0);
    expect(machine.bad(5 * minute).confirm).toEqual({ cycle: 2, rounds: [1, 2, 3] });
  });
});

describe("open", () => {
  it("reminds with doubled waits until it is acknowledged", () => {
    const machine = opened();
    const day = 24 * hour;
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
    expect([machine.cause().due, machine.cause().incident?.acknowledged?.by]).toEqual([null, "ada"]);
    machine.tick(100 * day);
    expect(machine.told).toHaveLength(3);
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

  it("openings more than an hour apart are none", () => {
    const machine = opened();
    for (let flaps = 0; flaps < 6; flaps++) {
      machine.good(minute);
      machine.bad(40 * minute);
    }
    expect(machine.told).toEqual(["opened"]);
  });
});

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
              sighted: 1,
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
