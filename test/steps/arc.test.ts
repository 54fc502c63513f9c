import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultPolicy } from "../../lib/model/policy.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import {
  createLab,
  entryOf,
  every,
  good,
  keyOf,
  type Lab,
  minute,
  need,
  plain,
  second,
  showing,
  silent,
  start,
} from "./lab.ts";

const address = "93.184.215.14";
const key = keyOf(address);
const hour = 60 * minute;

let embedded: EmbeddedStore;
let lab: Lab;

beforeEach(async () => {
  embedded = await openEmbedded(null);
  lab = createLab(embedded.store, 1);
  await lab.put([entryOf(address)]);
});
afterEach(() => embedded.close());

describe("a server that stops offering STARTTLS", () => {
  it("is suspected, confirmed, told, and told again when it is over: two messages in all", async () => {
    await lab.run(2 * every);
    expect(lab.told()).toEqual([]);
    lab.servers.set(address, plain);
    // Half a minute is left to others of the same cause.
    await lab.run(70 * second);
    expect(lab.told()).toEqual([]);
    await lab.run(6 * second);
    expect(lab.told()).toEqual([`opened cleartext ${key}`]);
    await lab.run(3 * every - 76 * second);
    lab.servers.set(address, good);
    await lab.run(2 * every);
    expect(lab.told()).toHaveLength(1);
    await lab.run(2 * every);
    expect(lab.told()).toEqual([`opened cleartext ${key}`, `recovered cleartext ${key}`]);
    await lab.run(70 * minute);
    expect(lab.told()).toHaveLength(2);
    expect(await embedded.store.state.activeCauses()).toEqual([]);
    expect((await embedded.store.state.memory(1)).value[0]?.hot).toEqual([]);
  });

  it("says since when, by which lines, and whom it concerns", async () => {
    await lab.run(every);
    lab.servers.set(address, plain);
    await lab.run(2 * minute);
    const [letter] = lab.operator.letters;
    expect(letter?.subject).toMatch(/^\[CM-[0-9A-F]{6}\.1\] TLS lost: mx1\.acme\.example, cleartext, 3 customers$/);
    expect(letter?.text).toContain("Since:     2026-11-25 12:05:00 UTC");
    expect(letter?.text).toContain("0.021 <-- 220 mx1 ESMTP");
    expect(letter?.text).toContain("starttls.absent");
  });

  it("is not told of when it was once in clear and then in order again", async () => {
    await lab.run(every);
    lab.servers.set(address, plain);
    await lab.run(10 * second);
    lab.servers.set(address, good);
    await lab.run(3 * every);
    expect(lab.told()).toEqual([]);
  });

  it("stays lost while it is silent: silence never heals, and says nothing new", async () => {
    await lab.run(every);
    lab.servers.set(address, plain);
    await lab.run(every);
    lab.servers.set(address, silent);
    await lab.run(2 * hour);
    expect(lab.told()).toEqual([`opened cleartext ${key}`]);
    lab.servers.set(address, good);
    await lab.run(4 * every);
    expect(lab.told()).toEqual([`opened cleartext ${key}`, `recovered cleartext ${key}`]);
  });

  it("is not recovered when it leaves DNS", async () => {
    const { judgeGone } = await import("../../lib/steps/judge-gone.ts");
    await lab.run(every);
    lab.servers.set(address, plain);
    await lab.run(every);
    await lab.put([null]);
    await judgeGone([{ key, vantage: "here" }], 1, { store: embedded.store, now: lab.now, policy: defaultPolicy });
    await lab.run(every);
    expect(lab.told()).toEqual([`opened cleartext ${key}`, `gone cleartext ${key}`]);
    // What is known of it is kept for a while, in case it comes back.
    await embedded.store.ledger.expire(lab.now() + 29 * 24 * hour);
    expect(await embedded.store.state.target(key, "here")).toBeDefined();
    await embedded.store.ledger.expire(lab.now() + 31 * 24 * hour);
    expect(await embedded.store.state.target(key, "here")).toBeUndefined();
  });

  it("is found gone in the next cycle when a crash kept the news from its cause, though no clock looks at it", async () => {
    const { judgeGone } = await import("../../lib/steps/judge-gone.ts");
    const { acknowledge } = await import("../../lib/status/acknowledge.ts");
    await lab.run(every);
    lab.servers.set(address, plain);
    await lab.run(every);
    const [cause] = await embedded.store.state.activeCauses();
    const incident = cause?.value.incident;
    if (!incident) throw new Error("nothing is open");
    await acknowledge(embedded.store, { id: incident.id, class: "cleartext", subject: key }, "ada", lab.now());
    await lab.put([null]);
    await judgeGone([], 1, { store: embedded.store, now: lab.now, policy: defaultPolicy });
    await lab.run(minute);
    expect(lab.told()).toEqual([`opened cleartext ${key}`, `gone cleartext ${key}`]);
  });

  it("is found gone at the next reminder when a crash kept the news from its cause", async () => {
    await lab.run(every);
    lab.servers.set(address, plain);
    await lab.run(every);
    await lab.put([null]);
    const [cause] = await embedded.store.state.activeCauses();
    if (cause === undefined) throw new Error("nothing is open");
    await embedded.store.state.putCause({ ...cause, value: { ...cause.value, due: lab.now() } });
    await lab.run(minute);
    expect(lab.told()).toEqual([`opened cleartext ${key}`, `gone cleartext ${key}`]);
  });

  it("alarms nobody while nobody requires TLS, and at once when somebody does", async () => {
    await lab.put([entryOf(address, { needs: [{ ...need, alarms: false }] })]);
    lab.servers.set(address, plain);
    await lab.run(3 * every);
    expect(lab.told()).toEqual([]);
    await lab.put([entryOf(address)]);
    await lab.run(every);
    expect(lab.told()).toEqual([`opened cleartext ${key}`]);
    await lab.put([entryOf(address, { needs: [{ ...need, alarms: false }] })]);
    await lab.run(every);
    expect(lab.told()).toEqual([`opened cleartext ${key}`, `gone cleartext ${key}`]);
  });

  it("alarms nobody from a vantage that lost its vote, and what was seen is kept", async () => {
    lab.servers.set(address, plain);
    const { judge } = await import("../../lib/steps/judge.ts");
    const { plan } = await import("../../lib/steps/plan.ts");
    const { jobs } = await plan({ store: embedded.store, now: lab.now }, start / every, every);
    const world = { store: embedded.store, now: lab.now, policy: defaultPolicy, everyMs: every, sighted: [] };
    for (const { job } of jobs) expect((await judge(lab.probe(job), world)).jobs).toEqual([]);
    expect((await embedded.store.state.target(key, "here"))?.facts?.outcome.kind).toBe("starttls-absent");
    expect(await embedded.store.state.activeCauses()).toEqual([]);
  });
});

describe("a server that does not answer", () => {
  it("is told of after half an hour, once, and is over when it answers again", async () => {
    await lab.run(every);
    lab.servers.set(address, silent);
    await lab.run(5 * every);
    expect(lab.told()).toEqual([]);
    await lab.run(6 * every);
    expect(lab.told()).toEqual([`opened unreachable ${key}`]);
    lab.servers.set(address, good);
    await lab.run(4 * every);
    expect(lab.told()).toEqual([`opened unreachable ${key}`, `recovered unreachable ${key}`]);
  });
});

describe("a server that says more than can be kept", () => {
  it("is told of all the same", async () => {
    const noise = () => randomBytes(1500).toString("base64");
    const lines = Array.from({ length: 100 }, noise);
    lab.servers.set(address, { kind: "starttls-refused", reply: { code: 554, lines } });
    await lab.run(2 * minute);
    expect(lab.told()).toEqual([`opened cleartext ${key}`]);
    const { value } = await embedded.store.state.cause("cleartext", key);
    expect(JSON.stringify(value).length).toBeLessThan(30_000);
  });
});

describe("one plain backend of several", () => {
  it("is told as intermittent, with its rate", async () => {
    await lab.run(every);
    for (let times = 0; times < 3; times++) {
      lab.servers.set(address, plain);
      await lab.run(10 * second);
      lab.servers.set(address, good);
      await lab.run(every - 10 * second);
    }
    expect(lab.told()).toEqual([`opened intermittent ${key}`]);
    expect(lab.operator.letters[0]?.text).toMatch(/3 of \d+ sessions offered no TLS/);
  });
});

describe("a server that never offered TLS", () => {
  it("is told of in one message with all others that the first looks after an import find", async () => {
    const since = start / every;
    const others = ["93.184.215.15", "93.184.215.16"];
    await lab.put([address, ...others].map((each) => entryOf(each, { since })));
    for (const each of [address, ...others]) lab.servers.set(each, plain);
    await lab.run(2 * every);
    expect(lab.told()).toEqual([]);
    await lab.run(3 * minute);
    expect(lab.operator.letters).toHaveLength(1);
    expect(lab.operator.letters[0]?.text).toContain("3 targets that have never offered TLS");
    expect(lab.log.lines).toHaveLength(1);
    await lab.run(hour);
    expect(lab.operator.letters).toHaveLength(1);
  });

  it("is told of by itself, and so worded, when the import was long ago", async () => {
    lab.servers.set(address, plain);
    await lab.run(2 * minute);
    expect(lab.operator.letters.map(({ subject }) => subject)).toEqual([
      expect.stringContaining("TLS never offered: mx1.acme.example"),
    ]);
  });
});

describe("a certificate near its end", () => {
  const verified = { ...need, require: { ...need.require, level: "verified" } } as const;
  const day = 86_400_000;
  const ending = showing("aa".repeat(32), { notBefore: start - 80 * day, notAfter: start + 6 * day });

  it("is told of once, and over when another one is shown", async () => {
    await lab.put([entryOf(address, { needs: [verified] })]);
    lab.servers.set(address, ending);
    await lab.run(2 * every);
    expect(lab.told()).toEqual([`opened expiring ${"aa".repeat(32)}`]);
    lab.servers.set(address, showing("bb".repeat(32)));
    await lab.run(4 * every);
    expect(lab.told()).toEqual([`opened expiring ${"aa".repeat(32)}`, `recovered expiring ${"aa".repeat(32)}`]);
  });

  it("is told of when its time comes, though nothing else changed", async () => {
    await lab.put([entryOf(address, { needs: [verified] })]);
    const soon = showing("cc".repeat(32), { notBefore: start - 4 * day + hour, notAfter: start + 2 * day + hour });
    lab.servers.set(address, soon);
    await lab.run(2 * every);
    expect(lab.told()).toEqual([]);
    await lab.run(hour);
    expect(lab.told()).toEqual([`opened expiring ${"cc".repeat(32)}`]);
  });
});

describe("a further name on the same address", () => {
  it("alarms by its own certificate, and recovers by it", async () => {
    const verified = { ...need, require: { ...need.require, level: "verified" } } as const;
    const since = start / every;
    const names = ["mx1.acme.example", "mx2.acme.example"].map((name) => ({ name, since }));
    await lab.put([entryOf(address, { names, needs: [verified] })]);
    lab.servers.set(address, showing("aa".repeat(32)));
    lab.servers.set(`${address} mx2.acme.example`, showing("bb".repeat(32), { dnsNames: ["other.example"] }));
    await lab.run(2 * every + 2 * minute);
    expect(lab.told()).toEqual([`opened unauthenticated ${key}`]);
    expect(lab.operator.letters[0]?.subject).toContain("mx2.acme.example");
    const [name] = await embedded.store.state.names(key, "here");
    expect(name).toMatchObject({ name: "mx2.acme.example", at: start + every });
  });
});
