/** Who is told of a parent, and when nobody is. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { advance } from "../../lib/judge/incident.ts";
import { defaultSettings } from "../../lib/model/customer.ts";
import type { Coverage } from "../../lib/model/silence.ts";
import { loadIncidents } from "../../lib/status/incidents.ts";
import { changeCause } from "../../lib/steps/change-cause.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import { fakeChannel } from "../fakes/channels.ts";
import { minute } from "./lab.ts";
import { type Household, householdOf, policy, type Sibling, siblings, subjectOf } from "./siblings.ts";

const parent = "provider:mail.example";
const all = siblings(6);

let embedded: EmbeddedStore;
let home: Household;
beforeEach(async () => {
  embedded = await openEmbedded(null);
  home = householdOf(embedded.store);
});
afterEach(() => embedded.close());

async function silence(covers: Partial<Coverage>, lasts: number, id = "S-0000A1"): Promise<void> {
  const { now } = home;
  const wholly = { customer: null, host: null, class: null, ...covers };
  const times = { from: now, until: now + lasts };
  await embedded.store.config.putSilence({ id, covers: wholly, reason: "known", by: "ops", ...times });
}

/** All are lost while the parent is covered for ten minutes, and are lost still at the end. */
async function expectToldLate(): Promise<void> {
  await home.lose(all);
  await home.minutes(9);
  expect(home.operated()).toEqual([]);
  await home.minutes(4);
  expect(home.operated()).toEqual([`opened ${parent}`]);
  expect(home.operator.letters[0]?.text).toContain("Told late");
}

describe("a silence", () => {
  it("of the parent holds its message, and nobody is told of a child in its place", async () => {
    await home.know(all);
    await silence({ host: parent }, 10 * minute);
    await expectToldLate();
  });

  it("of what the children suffer makes no parent either", async () => {
    await home.know(all);
    await silence({ class: "cleartext" }, 10 * minute);
    await home.lose(all);
    await home.minutes(9);
    expect(home.operated()).toEqual([]);
    expect(await home.cause(parent)).toBeNull();
  });

  it("of each child isn't broken by their parent", async () => {
    await home.know(all);
    for (const each of all) await silence({ host: subjectOf(each) }, 30 * minute, `S-0000A${each.number}`);
    await home.lose(all);
    await home.minutes(9);
    expect(home.operated()).toEqual([]);
    await home.mend(all);
    await home.minutes(6);
    expect(home.operated()).toEqual([]);
  });
});

describe("a parent that somebody acknowledged", () => {
  it("is reminded of no more, and its end is told", async () => {
    await home.know(all);
    await home.lose(all);
    await home.minutes(2);
    await changeCause(embedded.store, "cleartext", parent, (cause) => {
      return advance(cause, { kind: "acknowledge", by: "ops" }, policy, home.now).cause;
    });
    home.now += 2 * policy.remindAfter;
    await home.minutes(3);
    expect(home.operated()).toEqual([`opened ${parent}`]);
    await home.mend(all);
    await home.minutes(6);
    expect(home.operated()).toEqual([`opened ${parent}`, `recovered ${parent}`]);
  });
});

describe("what becomes of folded children", () => {
  it("reaches nobody: one reminder, and one escalation, of the parent alone", async () => {
    await home.know(all);
    const second = fakeChannel("second");
    const over = { secondOperators: [{ after: 10 * minute, channel: second }] };
    await home.lose(all);
    await home.minutes(15, over);
    expect(second.letters.map(({ event }) => `${event.kind} ${event.subject}`)).toEqual([`escalated ${parent}`]);
    home.now += policy.remindAfter;
    await home.minutes(3, over);
    expect(home.operated()).toEqual([`opened ${parent}`, `reminder ${parent}`]);
    expect(home.heard()).toEqual({});
  });
});

describe("customers' own contacts", () => {
  it("hear nothing of what others share, unless the operator lets them", async () => {
    await home.know(all);
    await home.lose(all);
    await home.minutes(2);
    await home.mend(all);
    await home.minutes(6);
    expect(home.heard()).toEqual({});
    expect(home.operated()).toEqual([`opened ${parent}`, `recovered ${parent}`]);
  });

  it("are told where he does, each of its own, from the beginning to the end", async () => {
    await home.know(all);
    const over = { tellsShared: true };
    await home.lose(all);
    await home.minutes(2, over);
    await home.mend(all);
    await home.minutes(6, over);
    const own = (each: Sibling) => [`opened ${subjectOf(each)}`, `recovered ${subjectOf(each)}`];
    expect(home.heard()).toEqual(
      Object.fromEntries(all.map((each) => [`mail:it@c${each.number}.example`, own(each)] as const)),
    );
    expect(home.operated()).toEqual([`opened ${parent}`, `recovered ${parent}`]);
  });

  it.each([true, false])("hear of the parent, once, where all of it is theirs (shared: %s)", async (tellsShared) => {
    const own = all.map((each): Sibling => ({ ...each, customer: "acme" }));
    await home.know(own);
    await home.lose(own);
    await home.minutes(2, { tellsShared });
    await home.mend(own);
    await home.minutes(6, { tellsShared });
    expect(home.heard()).toEqual({ "mail:it@acme.example": [`opened ${parent}`, `recovered ${parent}`] });
  });

  it("second ones are told of a child that nobody acknowledged, where they may be", async () => {
    await home.know(all);
    await home.lose(all);
    await home.minutes(15, { tellsShared: true });
    const bosses = Object.entries(home.heard()).filter(([name]) => name.startsWith("mail:boss"));
    bosses.sort(([a], [b]) => a.localeCompare(b));
    expect(bosses).toEqual(all.map((each) => [`mail:boss@c${each.number}.example`, [`escalated ${subjectOf(each)}`]]));
  });
});

describe("a parent that more join", () => {
  it("says how many customers suffer by now, in what it has yet to say and on its page", async () => {
    const eight = siblings(8);
    await home.know(eight);
    await home.lose(eight.slice(0, 5));
    await home.minutes(2);
    expect(home.operator.letters[0]?.text).toContain("Customers: 5");
    await home.lose(eight.slice(5));
    await home.minutes(2);
    expect(home.operated()).toEqual([`opened ${parent}`]);
    expect(await home.cause(parent)).toMatchObject({
      context: { customers: 8 },
      parent: { suffering: 8, children: 8 },
    });
    const incidents = await loadIncidents(embedded.store, home.now);
    expect(incidents.find(({ subject }) => subject === parent)).toMatchObject({
      customers: 8,
      parent: { suffering: 8 },
    });
    home.now += policy.remindAfter;
    await home.minutes(2);
    expect(home.operator.letters.at(-1)?.text).toContain("Customers: 8");
  });

  it("says so in its first message, where that hasn't left yet", async () => {
    const eight = siblings(8);
    await home.know(eight);
    await home.lose(eight.slice(0, 5));
    home.operator.answers.push({ kind: "later", why: "down" });
    await home.notify();
    await home.lose(eight.slice(5));
    await home.minutes(3);
    expect(home.operated()).toEqual([`opened ${parent}`]);
    expect(home.operator.letters[0]?.subject).toContain("cleartext, 8 customers");
    expect(home.operator.letters[0]?.text).toContain("8 of 8 targets");
  });

  it("has the right number in the end where a crash came between", async () => {
    const seven = siblings(7);
    await home.know(seven);
    await home.lose(seven.slice(0, 5));
    await home.minutes(2);
    await home.lose(seven.slice(5));
    for (const each of seven.slice(5)) {
      await changeCause(embedded.store, "cleartext", subjectOf(each), (cause) => cause && { ...cause, folded: parent });
    }
    await home.minutes(1);
    expect((await home.cause(parent))?.context.customers).toBe(7);
  });

  it("tells each of those who join, once, where contacts are told", async () => {
    await home.know(all);
    await home.lose(all.slice(0, 5));
    await home.minutes(2, { tellsShared: true });
    await home.lose(all.slice(5));
    await home.minutes(2, { tellsShared: true });
    const own = (each: Sibling) => [`mail:it@c${each.number}.example`, [`opened ${subjectOf(each)}`]] as const;
    expect(home.heard()).toEqual(Object.fromEntries(all.map(own)));
  });
});

describe("what only one vantage sees", () => {
  const scattered = all.map((each): Sibling => ({ ...each, host: `mx.other${each.number}.example` }));
  const vantage = "vantage:here";

  /** Of six servers of unrelated providers, in the form in which vantages disagree. */
  async function losePartially(): Promise<void> {
    await home.know(scattered);
    await home.lose(scattered);
    for (const each of scattered) {
      await changeCause(embedded.store, "cleartext", subjectOf(each), (cause) => {
        const outbox = cause?.outbox.map((entry) => ({
          ...entry,
          alert: { ...entry.alert, form: "partial" as const },
        }));
        return cause && { ...cause, form: "partial", outbox: outbox ?? [] };
      });
    }
  }

  it("is told once, as what it is, and once when it is over", async () => {
    await losePartially();
    await home.minutes(2);
    expect(home.operated()).toEqual([`opened ${vantage}`]);
    expect(home.operator.letters[0]?.text).toContain("Seen from vantage here: 6 of 6 targets.");
    await home.mend(scattered);
    await home.minutes(6);
    expect(home.operated()).toEqual([`opened ${vantage}`, `recovered ${vantage}`]);
  });

  it("reaches the customers' contacts, each once and of its own server, where they are told", async () => {
    await losePartially();
    await home.minutes(2, { tellsShared: true });
    const own = (each: Sibling) => [`mail:it@c${each.number}.example`, [`opened ${subjectOf(each)}`]] as const;
    expect(home.heard()).toEqual(Object.fromEntries(scattered.map(own)));
  });
});

describe("a maintenance window", () => {
  async function plan(host: string, lasts: number): Promise<void> {
    const times = { kind: "once", from: home.now, until: home.now + lasts } as const;
    const covers = { customer: null, host, class: null };
    const windows = [{ id: "move", covers, reason: "we move", times }];
    await embedded.store.config.putSettings({ ...defaultSettings, windows });
  }

  it("over the parent holds its message until its end, and tells it late if it still holds", async () => {
    await home.know(all);
    await plan(parent, 10 * minute);
    await expectToldLate();
  });

  it("over the parent keeps all of it from everybody where it is over before", async () => {
    await home.know(all);
    await plan(parent, 30 * minute);
    await home.lose(all);
    await home.minutes(3);
    await home.mend(all);
    await home.minutes(40);
    expect(home.operated()).toEqual([]);
    expect(await embedded.store.state.activeCauses()).toEqual([]);
  });

  it("over one child leaves the others their parent", async () => {
    await home.know(all);
    await plan(subjectOf(all[0] ?? { number: 0 }), 10 * minute);
    await home.lose(all);
    await home.minutes(4);
    expect(home.operated()).toEqual([`opened ${parent}`]);
    expect(await home.cause(parent)).toMatchObject({ parent: { suffering: 5 } });
  });
});
