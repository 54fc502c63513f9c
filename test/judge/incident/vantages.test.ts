import { describe, expect, it } from "vitest";
import { finding } from "../../../lib/judge/findings.ts";
import { isSpent } from "../../../lib/model/incident.ts";
import { hour, minute, now } from "../build.ts";
import { type Look, second, watch } from "./watch.ts";

const two = ["here", "there"];
const three = ["here", "there", "far"];
const slotOf = (vantage: string) => ({ slice: 1, slot: 0, vantage });

/** A cause that several vantages look at: `a` is the first of them. */
function watchFrom(sighted: readonly string[] = two, blinded: readonly string[] = []) {
  const machine = watch();
  const look = (vantage: string, more: Look = {}): Look => ({
    vantage,
    sighted,
    blinded,
    ...more,
    context: { slot: slotOf(vantage), lines: [`seen from ${vantage}`], ...more.context },
  });
  return {
    ...machine,
    bad: (vantage: string, after: number, more?: Look) => machine.bad(after, look(vantage, more)),
    good: (vantage: string, after: number, more?: Look) => machine.good(after, look(vantage, more)),
    none: (vantage: string, after: number, more?: Look) => machine.none(after, look(vantage, more)),
  };
}

/** All of them see it bad: the first one's own look and one round. */
function lost(sighted: readonly string[] = two) {
  const machine = watchFrom(sighted);
  machine.bad("here", 0);
  for (const round of [1, 2])
    for (const [index, vantage] of sighted.entries())
      machine.bad(vantage, index === 0 ? 20 * second : second, { round, cycle: 1 });
  return machine;
}

/** Three rounds in which `here` sees it bad and all others see it good. */
function partial(sighted: readonly string[] = two) {
  const machine = watchFrom(sighted);
  machine.bad("here", 0);
  for (const round of [1, 2, 3]) {
    machine.bad("here", 20 * second, { round, cycle: 1 });
    for (const other of sighted.slice(1)) machine.good(other, second, { round, cycle: 1 });
  }
  return machine;
}

describe("steady, from two vantages", () => {
  it("opens as soon as two see it, three times over 40 seconds", () => {
    const machine = watchFrom();
    machine.bad("here", 0);
    machine.bad("here", 20 * second, { round: 1 });
    machine.bad("there", second, { round: 1 });
    machine.bad("here", 18 * second, { round: 2 });
    expect(machine.state()).toBe("suspected");
    machine.bad("there", second, { round: 2 });
    expect([machine.state(), machine.told]).toEqual(["open", ["opened"]]);
    expect(machine.cause()).toMatchObject({ form: "steady", incident: { since: now, seenFrom: two } });
  });

  it("three vantages need no more than two", () => {
    const machine = watchFrom(three);
    machine.bad("here", 0);
    machine.bad("there", 20 * second, { round: 1 });
    machine.bad("here", 20 * second, { round: 2 });
    expect(machine.told).toEqual(["opened"]);
  });

  it("a good answer of any of them stands between, however many came before it", () => {
    const machine = watchFrom(three);
    machine.bad("here", 0);
    for (const round of [1, 2]) machine.good("far", 20 * second, { round });
    machine.good("here", second, { round: 2 });
    machine.bad("there", second, { round: 2 });
    for (const round of [3, 4]) machine.good("far", 20 * second, { round, cycle: 1 });
    machine.bad("there", 20 * second, { cycle: 2 });
    machine.good("far", second, { cycle: 2 });
    machine.bad("there", 40 * second, { cycle: 2, round: 1 });
    machine.bad("here", second, { cycle: 2, round: 1 });
    expect(machine.cause()).toMatchObject({ state: "open", form: "partial" });
  });

  it("the good answer of one doesn't dismiss what another keeps seeing", () => {
    const machine = watchFrom();
    machine.bad("here", 0);
    machine.good("there", second);
    expect(machine.state()).toBe("suspected");
    machine.good("here", 20 * second, { round: 1 });
    expect(machine.state()).toBe("clear");
  });

  it("where the others only stay silent one is enough, a cycle later", () => {
    const machine = watchFrom();
    machine.bad("here", 0);
    for (const round of [1, 2, 3]) {
      machine.bad("here", 20 * second, { round });
      machine.none("there", second, { round });
    }
    machine.bad("here", 4 * minute);
    machine.bad("here", 20 * second, { round: 1 });
    expect(machine.state()).toBe("suspected");
    machine.bad("here", 20 * second, { round: 2 });
    expect(machine.cause()).toMatchObject({ state: "open", form: "steady", incident: { seenFrom: ["here"] } });
  });

  it("a blind vantage neither has to confirm nor is heard", () => {
    const machine = watchFrom(["here"], ["there"]);
    for (const round of [0, 1, 2]) machine.bad("here", 20 * second, { round });
    expect(machine.told).toEqual(["opened"]);
  });

  it("looks of about the same moment both count, whichever is judged first", () => {
    const machine = watchFrom();
    machine.bad("here", 30 * second);
    machine.bad("there", -10 * second, { cycle: 1 });
    machine.bad("here", 30 * second, { round: 1, cycle: 1 });
    machine.bad("there", 10 * second, { round: 1, cycle: 1 });
    expect(machine.state()).toBe("open");
    expect(machine.cause().incident?.since).toBe(now + 20 * second);
  });

  it("an older look of a vantage that was heard meanwhile is late, and so is one of long before", () => {
    const machine = watchFrom();
    machine.bad("there", 0);
    machine.good("there", 5 * minute);
    machine.good("here", second);
    machine.bad("here", minute);
    const before = machine.cause();
    machine.bad("there", -10 * minute);
    expect(machine.cause()).toBe(before);
  });
});

describe("partial: vantages that disagree, each with itself agreed", () => {
  it("opens after three rounds, with both transcripts side by side", () => {
    const machine = watchFrom();
    machine.bad("here", 0);
    for (const round of [1, 2]) {
      machine.bad("here", 20 * second, { round });
      machine.good("there", second, { round });
    }
    machine.bad("here", 19 * second, { round: 3 });
    expect(machine.told).toEqual([]);
    machine.good("there", second, { round: 3 });
    expect([machine.state(), machine.told]).toEqual(["open", ["opened"]]);
    const alert = machine.cause().outbox[0]?.alert;
    expect(alert).toMatchObject({ form: "partial", since: now, rate: null });
    expect(machine.cause().incident?.seenFrom).toEqual(["here"]);
    expect(alert?.context).toMatchObject({
      slot: slotOf("here"),
      lines: ["seen from here"],
      beside: [{ vantage: "there", answer: "good", lines: ["seen from there"] }],
    });
    expect(alert?.context.findings[0]).toMatchObject({
      code: "starttls.partial",
      evidence: ["from here: in clear", "from there: encrypted"],
    });
  });

  it("counts the good answers since it began, however many came before", () => {
    const machine = lost();
    for (const cycle of [2, 3, 4]) for (const vantage of two) machine.good(vantage, 5 * minute, { cycle });
    expect(machine.state()).toBe("clear");
    machine.bad("here", 5 * minute, { cycle: 5 });
    for (const round of [1, 2, 3]) {
      machine.bad("here", 20 * second, { round, cycle: 5 });
      machine.good("there", second, { round, cycle: 5 });
    }
    expect(machine.cause()).toMatchObject({ state: "open", form: "partial" });
  });

  it("is no intermittent one: nobody disagrees with itself", () => {
    const machine = watchFrom(three);
    for (let cycle = 0; cycle < 3; cycle++) {
      machine.good("there", 5 * minute);
      machine.bad("far", second, { cycle: cycle + 1 });
      machine.good("here", second, { cycle: cycle + 1 });
    }
    expect(machine.cause()).toMatchObject({ state: "open", form: "partial" });
  });

  it("is intermittent where one disagrees with itself", () => {
    const machine = watchFrom();
    machine.bad("here", 0);
    machine.good("here", 20 * second, { round: 1 });
    machine.bad("here", 20 * second, { round: 2 });
    machine.good("there", second, { round: 2 });
    machine.bad("here", 20 * second, { round: 3 });
    const { form, incident } = machine.cause();
    expect({ form, rate: incident?.rate, from: incident?.seenFrom }).toEqual({
      form: "intermittent",
      rate: { bad: 3, of: 4 },
      from: ["here"],
    });
  });

  it("one short bad moment at each of three vantages is no intermittent loss", () => {
    const machine = watchFrom(three);
    for (const vantage of three) machine.bad(vantage, 5 * second, { cycle: 1 });
    for (const vantage of three) machine.good(vantage, 5 * second, { cycle: 1, round: 1 });
    for (const vantage of three) machine.good(vantage, 5 * minute, { cycle: 2 });
    machine.bad("here", 5 * minute);
    expect([machine.state(), machine.told]).toEqual(["suspected", []]);
  });

  it("is worse when it is lost from everywhere", () => {
    const machine = partial();
    machine.acknowledge("ada");
    machine.bad("there", 5 * minute, { cycle: 2 });
    machine.bad("here", second, { cycle: 2 });
    machine.bad("there", 5 * minute, { cycle: 3 });
    expect(machine.told).toEqual(["opened", "worse"]);
    expect(machine.cause()).toMatchObject({ form: "steady", incident: { acknowledged: null, seenFrom: two } });
    expect(machine.cause().context.findings.map(({ code }) => code)).not.toContain("starttls.partial");
  });

  it("what is lost from everywhere and comes back for some becomes partial in silence", () => {
    const machine = lost();
    for (const cycle of [2, 3, 4]) machine.good("there", 5 * minute, { cycle });
    expect(machine.cause()).toMatchObject({ state: "open", form: "partial" });
    expect(machine.told).toEqual(["opened"]);
  });

  it("is said to flap where it is lost from everywhere, from some and from everywhere again", () => {
    const machine = lost();
    for (let spell = 0; spell < 3; spell++) {
      for (const _ of [1, 2, 3]) machine.good("there", 2 * minute);
      for (const _ of [1, 2, 3]) {
        machine.bad("there", minute);
        machine.bad("here", second);
      }
    }
    expect(machine.told).toEqual(["opened", "worse", "flapping"]);
  });

  it("says a share that queues where the sender enforces TLS", () => {
    const machine = watchFrom();
    const findings = [{ ...finding("starttls.absent"), consequence: "mail queues and bounces" }];
    machine.bad("here", 0, { context: { findings } });
    for (const round of [1, 2, 3]) {
      machine.bad("here", 20 * second, { round, context: { findings } });
      machine.good("there", second, { round });
    }
    expect(machine.cause().context.findings[0]).toMatchObject({
      code: "starttls.partial",
      consequence: "mail that takes this path queues and bounces",
    });
  });
});

describe("the end, from several vantages", () => {
  it("takes three good answers over two cycles from each that saw it", () => {
    const machine = lost();
    machine.good("here", 5 * minute, { cycle: 2 });
    machine.good("here", 5 * minute, { cycle: 3 });
    machine.good("here", 5 * minute, { cycle: 4 });
    expect(machine.state()).toBe("open");
    machine.good("there", second, { cycle: 4 });
    expect(machine.state()).toBe("recovering");
    for (const cycle of [5, 6]) for (const vantage of two) machine.good(vantage, 100 * second, { cycle });
    expect(machine.state()).toBe("recovering");
    machine.good("there", 5 * minute, { cycle: 7 });
    expect(machine.told).toEqual(["opened", "recovered"]);
  });

  it("a bad answer of one of them brings it back in silence", () => {
    const machine = lost();
    for (const vantage of two) machine.good(vantage, 5 * minute);
    expect(machine.state()).toBe("recovering");
    machine.bad("there", 5 * minute);
    expect([machine.state(), machine.told]).toEqual(["open", ["opened"]]);
  });

  it("a partial one ends by the word of those that saw it, and by no other's", () => {
    const machine = partial();
    for (let cycle = 2; cycle < 30; cycle++) machine.good("there", 5 * minute, { cycle });
    expect(machine.state()).toBe("open");
    for (let cycle = 30; cycle < 33; cycle++) machine.good("here", 5 * minute, { cycle });
    expect(machine.told).toEqual(["opened", "recovered"]);
  });

  it("what two saw doesn't wait for the one that went blind", () => {
    const machine = lost();
    const blind = { sighted: ["here"], blinded: ["there"] };
    for (const _ of [1, 2, 3]) machine.good("here", 5 * minute, blind);
    expect(machine.told).toEqual(["opened", "recovered"]);
  });

  it("what only a blind one saw waits until it sees again", () => {
    const machine = partial();
    const blind = { sighted: ["there"], blinded: ["here"] };
    for (let looks = 0; looks < 20; looks++) machine.good("there", 5 * minute, blind);
    expect(machine.state()).toBe("open");
    for (const _ of [1, 2, 3]) machine.good("here", 5 * minute);
    expect(machine.told).toEqual(["opened", "recovered"]);
  });

  it("what only one saw that has left ends by the good answers of those that are there, and not by its silence", () => {
    const machine = partial();
    const left = { sighted: ["there"], blinded: [] };
    machine.tick(2 * hour);
    machine.none("there", 5 * minute, left);
    expect(machine.state()).toBe("open");
    for (const _ of [1, 2, 3]) machine.good("there", 5 * minute, left);
    expect(machine.told).toEqual(["opened", "recovered"]);
  });

  it("what was seen by one that has left, and by one that is there, waits for the latter alone", () => {
    const machine = lost(three);
    const left = { sighted: ["here", "there"] };
    for (const vantage of two) machine.good(vantage, 5 * minute, left);
    expect(machine.state()).toBe("recovering");
  });

  it("after an intermittent loss the clean answers of all that saw it count together", () => {
    const machine = watchFrom();
    machine.bad("here", 0);
    machine.bad("there", second, { cycle: 1 });
    for (let looks = 0; looks < 5; looks++) for (const vantage of two) machine.good(vantage, minute);
    for (const _ of [1, 2]) {
      machine.bad("here", minute);
      machine.good("here", minute);
    }
    const { incident } = machine.cause();
    expect(incident).toMatchObject({ rate: { bad: 4, of: 15 }, seenFrom: two });
    machine.bad("there", minute);
    const rate = machine.cause().incident?.rate;
    const needed = Math.ceil(Math.log(1e-4) / Math.log(1 - (rate?.bad ?? 0) / (rate?.of ?? 1)));
    let looks = 0;
    while (machine.state() !== "clear") machine.good(two[looks++ % 2] ?? "here", 5 * minute);
    expect(looks).toBe(Math.max(24, needed));
  });
});

describe("what is kept", () => {
  it("24 answers of each vantage", () => {
    const machine = watchFrom(three);
    machine.bad("here", 0);
    machine.bad("there", second);
    machine.bad("far", second);
    machine.good("far", second);
    for (let looks = 0; looks < 12; looks++) for (const vantage of ["here", "there"]) machine.good(vantage, minute);
    expect(machine.cause().votes.filter(({ vantage }) => vantage === "far")).toHaveLength(2);
    for (let looks = 0; looks < 30; looks++) machine.good("far", minute);
    expect(machine.cause().votes.filter(({ vantage }) => vantage === "far").length).toBeLessThanOrEqual(24);
  });

  it("nothing of a vantage that has left, so that its bad answers don't stand there for ever", () => {
    const machine = watchFrom();
    machine.bad("here", 0);
    machine.bad("there", second);
    machine.good("there", second);
    machine.good("here", second);
    const left = { sighted: ["here"] };
    for (let looks = 0; looks < 24; looks++) machine.good("here", 5 * minute, left);
    expect(isSpent(machine.cause())).toBe(true);
  });
});

describe("silence that lasts, from several vantages", () => {
  const silent = (machine: ReturnType<typeof watch>, vantage: string, after: number, cycle: number) =>
    machine.bad(after, { vantage, sighted: two, cycle });
  const answered = (machine: ReturnType<typeof watch>, vantage: string, after: number, cycle: number) =>
    machine.good(after, { vantage, sighted: two, cycle });

  it("opens when none of them was answered for half an hour", () => {
    const machine = watch("unreachable");
    for (let cycle = 1; cycle <= 7; cycle++) {
      silent(machine, "here", 299 * second, cycle);
      silent(machine, "there", second, cycle);
    }
    expect(machine.told).toEqual(["opened"]);
    expect(machine.cause().incident).toMatchObject({ since: now + 299 * second, seenFrom: two });
  });

  it("not while another one is answered, however long that lasts, and that costs no writes", () => {
    const machine = watch("unreachable");
    for (let cycle = 1; cycle < 20; cycle++) {
      silent(machine, "here", 5 * minute, cycle);
      answered(machine, "there", second, cycle);
    }
    const before = machine.cause();
    silent(machine, "here", 5 * minute, 20);
    answered(machine, "there", second, 20);
    expect(machine.cause()).toBe(before);
    expect(machine.told).toEqual([]);
  });

  it("counts from the silence of the last one that was answered", () => {
    const machine = watch("unreachable");
    for (let cycle = 1; cycle < 20; cycle++) {
      silent(machine, "here", 5 * minute, cycle);
      answered(machine, "there", second, cycle);
    }
    const since = machine.now() + 5 * minute + second;
    for (let cycle = 20; cycle <= 25; cycle++) {
      for (const [index, vantage] of two.entries()) silent(machine, vantage, index === 0 ? 5 * minute : second, cycle);
    }
    expect(machine.told).toEqual([]);
    silent(machine, "here", 5 * minute, 26);
    expect(machine.told).toEqual(["opened"]);
    expect(machine.cause().incident?.since).toBe(since);
  });

  it("counts anew where the one that was answered goes blind", () => {
    const machine = watch("unreachable");
    for (let cycle = 1; cycle < 20; cycle++) {
      silent(machine, "here", 5 * minute, cycle);
      answered(machine, "there", second, cycle);
    }
    const blind = { vantage: "here", sighted: ["here"], blinded: ["there"] };
    for (let cycle = 20; cycle <= 25; cycle++) machine.bad(5 * minute, { ...blind, cycle });
    expect(machine.told).toEqual([]);
    machine.bad(5 * minute, { ...blind, cycle: 26 });
    expect(machine.told).toEqual(["opened"]);
    expect(machine.cause().incident?.since).toBe(machine.now() - 30 * minute);
  });

  it("an answer to both starts it again, and nothing is kept", () => {
    const machine = watch("unreachable");
    for (const vantage of two) silent(machine, vantage, second, 1);
    answered(machine, "here", second, 2);
    expect(machine.state()).toBe("suspected");
    answered(machine, "there", second, 2);
    expect(isSpent(machine.cause())).toBe(true);
  });
});
