/** Who is told of a parent, and when nobody is. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { advance } from "../../lib/judge/incident.ts";
import type { Coverage } from "../../lib/model/silence.ts";
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

describe("a silence", () => {
  it("of the parent holds its message, and nobody is told of a child in its place", async () => {
    await home.know(all);
    await silence({ host: parent }, 10 * minute);
    await home.lose(all);
    await home.minutes(9);
    expect(home.operated()).toEqual([]);
    await home.minutes(4);
    expect(home.operated()).toEqual([`opened ${parent}`]);
    expect(home.operator.letters[0]?.text).toContain("Told late");
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
