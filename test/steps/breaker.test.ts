import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { JudgedWith } from "../../lib/model/breaker.ts";
import { defaultSettings } from "../../lib/model/customer.ts";
import type { Cause } from "../../lib/model/incident.ts";
import { defaultPolicy } from "../../lib/model/policy.ts";
import type { RecordEntry } from "../../lib/model/record.ts";
import type { RosterEntry } from "../../lib/model/roster.ts";
import { breakerOf } from "../../lib/steps/breaker-document.ts";
import { keepHold, releaseHold } from "../../lib/steps/decide.ts";
import { policyDigest } from "../../lib/steps/judged-with.ts";
import { type NotifyWorld, notify } from "../../lib/steps/notify.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import type { Store } from "../../lib/store/store.ts";
import { openCause, owed } from "../fakes/causes.ts";
import { fakeChannel } from "../fakes/channels.ts";
import { Crash, crashingStore } from "../fakes/crash.ts";
import { entryOf, every, firstCycle, minute, start } from "./lab.ts";

let embedded: EmbeddedStore;
let store: Store;
let now: number;
let operator: ReturnType<typeof fakeChannel>;

beforeAll(async () => {
  embedded = await openEmbedded(null);
});
afterAll(() => embedded.close());
beforeEach(async () => {
  // One store for all: each test has its fleet in it, and a day of its own.
  store = embedded.store;
  await clear();
  now = start;
  operator = fakeChannel("console");
});

async function clear(): Promise<void> {
  for (const { value, version } of await store.state.dueCauses(Number.MAX_SAFE_INTEGER)) {
    await store.state.putCause({
      value: { ...value, state: "clear", outbox: [], openings: [], due: null, votes: [] },
      version,
    });
  }
  for (const name of ["breaker", "judged-with"]) {
    const { version } = await store.state.document(name);
    if (version > 0) await store.state.putDocument(name, { value: null, version });
  }
}

const address = (number: number) => `198.${Math.floor(number / 200)}.${number % 200}.1`;
const spread = (number: number) => `203.${number}.0.1`;

/** A fleet of so many targets, each run by somebody else. */
async function fleet(size: number, of = spread, over: Partial<RosterEntry> = {}): Promise<void> {
  for (let number = 1; number <= 3; number++) {
    const ofSlice = Array.from(
      { length: Math.min(250, Math.max(0, size - (number - 1) * 250)) },
      (_, at) => (number - 1) * 250 + at,
    );
    const entries = ofSlice.map((each) => entryOf(of(each), { names: [], ...over }));
    await store.state.putSlice({ number, vantage: "here", entries });
  }
}

function world(over: Partial<NotifyWorld> = {}): NotifyWorld {
  return {
    store,
    now: () => now,
    grouping: { policy: defaultPolicy, everyMs: every },
    operators: [operator],
    contactChannels: () => [],
    alertLog: null,
    baseUrl: null,
    ...over,
  };
}

/** It opened just now, and owes its message. */
async function opens(subject: string, over: Partial<Cause> = {}): Promise<void> {
  const incident = `CM-${subject}`;
  const cause = openCause([owed({ id: `${incident}·1`, incident, subject, at: now, since: now })], { subject });
  const opened = { ...cause.incident, id: incident, openedAt: now, since: now } as Cause["incident"];
  const { version } = await store.state.cause(over.class ?? "cleartext", subject);
  await store.state.putCause({ value: { ...cause, incident: opened, stateSince: now, ...over }, version });
}

async function change(subject: string, next: (cause: Cause) => Cause): Promise<void> {
  const { value, version } = await store.state.cause("cleartext", subject);
  if (value === null) throw new Error(`${subject} is gone`);
  await store.state.putCause({ value: next(value), version });
}

async function manyOpen(count: number, of = spread): Promise<readonly string[]> {
  const subjects = Array.from({ length: count }, (_, at) => `${of(at)}:25`);
  for (const subject of subjects) await opens(subject);
  return subjects;
}

const told = () => operator.letters.map(({ event }) => `${event.kind} ${event.class}`);
const asked = () => told().filter((each) => each.endsWith("mass-change"));

/** Passes each minute up to then. */
async function passes(until: number, over: Partial<NotifyWorld> = {}): Promise<void> {
  for (; now < until; now += minute) await notify(world(over));
  now = until;
  await notify(world(over));
}

async function decisions(): Promise<readonly RecordEntry[]> {
  const all: RecordEntry[] = [];
  for await (const { text } of store.ledger.record()) if (text !== null) all.push(JSON.parse(text));
  return all.filter(({ kind, at }) => kind === "decided" && at >= start);
}

describe("too much at once", () => {
  it("is held for two cycles, asked about once, and told at the end where it still holds", async () => {
    await fleet(100);
    const subjects = await manyOpen(6);
    await notify(world());
    expect(told()).toEqual(["opened mass-change"]);
    const [question] = operator.letters;
    expect(question?.text).toContain("6 openings at 6 of 100 targets within two cycles, in 6 unrelated networks");
    expect(question?.text).toContain("mx1.gateway.example (203.0.0.1:25): cleartext");
    expect(question?.text).toContain("chainmail breaker release --by YOU");
    expect(question?.event).toMatchObject({ subject: "fleet", customer: null });

    // One recovers meanwhile: nobody heard of it, and nobody hears that it is over.
    await change(subjects[0] ?? "", (cause) => ({
      ...cause,
      state: "clear",
      incident: cause.incident && { ...cause.incident, endedAt: now, ended: "recovered" },
      outbox: [
        ...cause.outbox,
        owed({ ...cause.outbox[0]?.alert, id: `${cause.incident?.id}·2`, kind: "recovered", at: now }),
      ],
    }));
    // What opens while it holds is held too.
    now += minute;
    await opens(`${spread(50)}:25`);
    await passes(start + 2 * every - 1);
    expect(told()).toEqual(["opened mass-change"]);

    now = start + 2 * every;
    await notify(world());
    expect(told().filter((each) => each === "opened cleartext")).toHaveLength(6);
    expect(asked()).toEqual(["opened mass-change", "recovered mass-change"]);
    await passes(now + 3 * every);
    expect(told()).toHaveLength(8);
  });

  it.each([
    ["of fewer than five targets", 100, 4, spread],
    ["of no more than 1 % of the fleet", 600, 6, spread],
    ["in fewer than three networks", 100, 20, address],
  ] as const)("%s is told as ever", async (_name, size, count, of) => {
    await fleet(size, of);
    await manyOpen(count, of);
    await notify(world());
    expect(asked()).toEqual([]);
    expect((await breakerOf(store)).value).toBe(null);
  });

  it("counts what was told a while ago, up to two cycles", async () => {
    await fleet(100);
    for (let number = 0; number < 4; number++) {
      await opens(`${spread(number)}:25`);
      await notify(world());
      now += minute;
    }
    expect(told()).toHaveLength(4);
    await opens(`${spread(4)}:25`);
    await notify(world());
    expect(told().slice(4)).toEqual(["opened mass-change"]);
  });

  it("is not what is so since the first look", async () => {
    await fleet(100, spread, { since: firstCycle });
    await manyOpen(30);
    now += minute;
    await notify(world());
    expect(asked()).toEqual([]);
  });

  it("is not what is told by one parent", async () => {
    await fleet(100);
    const subjects = await manyOpen(6);
    for (const subject of subjects) await change(subject, (cause) => ({ ...cause, folded: "provider:mail.example" }));
    const facts = { kind: "provider", label: "mail.example", children: 6, suffering: 6 } as const;
    await opens("provider:mail.example", { parent: facts });
    await notify(world());
    expect(asked()).toEqual([]);
  });

  it("counts a parent as one, and holds it with its children", async () => {
    await fleet(100);
    await manyOpen(4);
    const facts = { kind: "provider", label: "mail.example", children: 6, suffering: 6 } as const;
    await opens("provider:mail.example", { parent: facts });
    await opens(`${spread(60)}:25`, { folded: "provider:mail.example" });
    await notify(world());
    expect(told()).toEqual(["opened mass-change"]);
  });

  it("does not hold what was told before, nor its end, a drill, a date or a contact", async () => {
    await fleet(100);
    await opens(`${spread(0)}:25`);
    await notify(world());
    now += minute;
    await change(`${spread(0)}:25`, (cause) => ({
      ...cause,
      incident: cause.incident && { ...cause.incident, endedAt: now, ended: "recovered" },
      state: "clear",
      outbox: [
        owed({
          id: `${cause.incident?.id}·2`,
          incident: cause.incident?.id ?? "",
          subject: cause.subject,
          kind: "recovered",
          at: now,
        }),
      ],
    }));
    for (let number = 1; number < 7; number++) await opens(`${spread(number)}:25`);
    await opens("drill:acme");
    for (const cls of ["expiring", "deaf"] as const) {
      const alert = { id: "CM-1·1", incident: "CM-1", class: cls, subject: cls, at: now };
      await opens(cls, { class: cls, outbox: [owed(alert)] });
    }
    await notify(world());
    expect(told().toSorted()).toEqual([
      "opened cleartext",
      "opened cleartext",
      "opened deaf",
      "opened expiring",
      "opened mass-change",
      "recovered cleartext",
    ]);
    expect(operator.letters.filter(({ event }) => event.drill)).toHaveLength(1);
  });

  it("is held once, though two senders find it at the same moment", async () => {
    await fleet(100);
    await manyOpen(6);
    await Promise.all([notify(world()), notify(world())]);
    expect(told()).toEqual(["opened mass-change"]);
    await passes(start + 2 * every);
    expect(told()).toHaveLength(8);
  });

  it("that was over before the hold is, leaves no question open", async () => {
    await fleet(100);
    const subjects = await manyOpen(6);
    await notify(world());
    for (const subject of subjects) {
      await change(subject, (cause) => ({ ...cause, state: "clear", incident: null, outbox: [], openings: [] }));
    }
    await passes(start + 2 * every);
    expect(told()).toEqual(["opened mass-change", "recovered mass-change"]);
  });

  it("that follows a hold that is over is asked about anew", async () => {
    await fleet(100);
    await manyOpen(6);
    await passes(start + 2 * every + minute);
    for (let number = 10; number < 16; number++) await opens(`${spread(number)}:25`);
    await notify(world());
    expect(asked()).toEqual(["opened mass-change", "recovered mass-change", "opened mass-change"]);
  });
});

describe("after a change of what it is judged with", () => {
  const before: JudgedWith = { policy: policyDigest(defaultSettings), roots: "roots-1", build: "1.0.0" };

  it.each([
    [
      "policy",
      { ...before, policy: policyDigest({ ...defaultSettings, policy: { openAfter: 2 } }) },
      "the policy was changed",
    ],
    ["root set", { ...before, roots: "roots-2" }, "the set of trusted roots was changed"],
    ["build", { ...before, build: "1.0.1" }, "the program was changed"],
  ] as const)("a new %s: what opens for two cycles is held, and asked about", async (_name, after, words) => {
    await fleet(100);
    await notify(world({ judgedWith: before }));
    await notify(world({ judgedWith: after }));
    now += minute;
    await opens(`${spread(0)}:25`);
    await notify(world({ judgedWith: after }));
    expect(told()).toEqual(["opened mass-change"]);
    expect(operator.letters[0]?.text).toContain(`${words}, and 1 opening followed, in 1 unrelated network`);
    await passes(start + 2 * every - 1, { judgedWith: after });
    expect(told()).toHaveLength(1);
    now = start + 2 * every;
    await notify(world({ judgedWith: after }));
    expect(told().toSorted()).toEqual(["opened cleartext", "opened mass-change", "recovered mass-change"]);
    await opens(`${spread(1)}:25`);
    await notify(world({ judgedWith: after }));
    expect(told()).toHaveLength(4);
  });

  it("a first start and an ordinary restart hold nothing", async () => {
    await fleet(100);
    await opens(`${spread(0)}:25`);
    await notify(world({ judgedWith: before }));
    expect(told()).toEqual(["opened cleartext"]);
    await opens(`${spread(1)}:25`);
    await notify(world({ judgedWith: { ...before } }));
    expect(told()).toEqual(["opened cleartext", "opened cleartext"]);
  });

  it("a digest of the policy depends on what it says, and not on the order it is said in", () => {
    const { tlsModeRule } = defaultSettings;
    const policy = { openAfter: 2, cleanFor: 1 };
    expect(policyDigest({ policy, tlsModeRule })).toBe(
      policyDigest({ policy: { cleanFor: 1, openAfter: 2 }, tlsModeRule }),
    );
    expect(policyDigest({ policy, tlsModeRule })).not.toBe(policyDigest({ policy: {}, tlsModeRule }));
    expect(policyDigest({ policy, tlsModeRule: { ...tlsModeRule, otherwise: "enforced" } })).not.toBe(
      policyDigest({ policy, tlsModeRule }),
    );
  });
});

describe("what the operator decides", () => {
  const deciding = () => ({ store, policy: defaultPolicy, now });

  it("release: told at once, nothing is held for two cycles, and it stands in the record", async () => {
    await fleet(100);
    await manyOpen(6);
    await notify(world());
    now += minute;
    expect(await releaseHold(deciding(), "ann")).toMatchObject({ by: "ann", until: now });
    await notify(world());
    expect(told().filter((each) => each === "opened cleartext")).toHaveLength(6);
    expect(asked()).toEqual(["opened mass-change", "recovered mass-change"]);
    expect(await decisions()).toMatchObject([{ decision: "release", by: "ann", until: now }]);
    for (let number = 10; number < 20; number++) await opens(`${spread(number)}:25`);
    await notify(world());
    expect(asked()).toHaveLength(2);
    expect(await releaseHold(deciding(), "ann")).toBe(null);
  });

  it("keep: held until then, and it stands in the record", async () => {
    await clear();
    now = start + 86_400_000;
    await fleet(100);
    await manyOpen(6);
    await notify(world());
    const until = now + 120 * minute;
    expect(await keepHold(deciding(), "bob", until)).toMatchObject({ by: "bob", until });
    now = until - minute;
    await notify(world());
    expect(told()).toEqual(["opened mass-change"]);
    now = until;
    await notify(world());
    expect(told().filter((each) => each === "opened cleartext")).toHaveLength(6);
    expect((await decisions()).slice(1)).toMatchObject([{ decision: "keep", by: "bob", until }]);
    expect(await keepHold(deciding(), "bob", until)).toBe(null);
  });
});

describe("a process that dies at any write", () => {
  it("holds, asks and tells all the same", async () => {
    await fleet(100);
    await manyOpen(6);
    const calm = crashingStore(embedded.store);
    store = calm.store;
    await notify(world());
    store = embedded.store;
    // The hold, the question, that it was asked, what is held, and its message.
    expect(calm.written.length).toBeGreaterThan(10);
    for (let fatal = 1; fatal <= calm.written.length; fatal++) {
      const when = fatal % 2 === 0 ? "before" : "after";
      await clear();
      operator = fakeChannel("console");
      now = start;
      await manyOpen(6);
      store = crashingStore(embedded.store, fatal, when).store;
      await expect(notify(world()), `dead at ${fatal}`).rejects.toThrow(Crash);
      store = embedded.store;
      now += 2 * minute;
      await notify(world());
      expect(
        told().filter((each) => each !== "opened mass-change"),
        `dead at ${fatal}`,
      ).toEqual([]);
      now = start + 2 * every + 2 * minute;
      await notify(world());
      expect(
        told().filter((each) => each === "opened cleartext"),
        `dead at ${fatal}`,
      ).toHaveLength(6);
      expect(new Set(asked()), `dead at ${fatal}`).toEqual(new Set(["opened mass-change", "recovered mass-change"]));
    }
  });
});

it("a steady pass writes nothing and reads two documents", async () => {
  await fleet(100);
  const judgedWith = { policy: "p", roots: "r", build: "b" };
  await notify(world({ judgedWith }));
  const { store: counted, written } = crashingStore(embedded.store);
  const read: string[] = [];
  const state = new Proxy(counted.state, {
    get(target, name, receiver) {
      if (name === "document" || name === "slices" || name === "activeCauses") read.push(String(name));
      return Reflect.get(target, name, receiver);
    },
  });
  await notify(world({ judgedWith, store: { ...counted, state } }));
  expect(written).toEqual([]);
  expect(read).toEqual(["document", "document"]);
});
