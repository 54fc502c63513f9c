import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { judges } from "../../../lib/judge/grades/badness.ts";
import { type Exhibits, noExhibits, type Trail } from "../../../lib/model/deep-scan.ts";
import type { Scan } from "../../../lib/model/scan.ts";
import type { Answer, Question } from "../../../lib/protocols/scan/question.ts";
import {
  askAgain,
  assemble,
  type Live,
  mostAnswers,
  type Program,
  type Resumed,
  resume,
} from "../../../lib/protocols/scan/resume.ts";
import { scan, scanGraded } from "../../../lib/protocols/scan/scan.ts";
import { olderGroups } from "../../../lib/protocols/tls/hello.ts";
import { suiteByName, suites } from "../../../lib/protocols/tls/suites.ts";
import { answerOf, type ModelServer } from "./model-server.ts";

const [ssl3, tls10, tls11, tls12, tls13] = [0x0300, 0x0301, 0x0302, 0x0303, 0x0304] as const;
const codes = (...names: string[]) => names.map((name) => suiteByName(name)?.code ?? Number.NaN);
const older = suites.filter((suite) => !suite.tls13).map(({ code }) => code);
const newer = suites.filter((suite) => suite.tls13).map(({ code }) => code);

const place = { target: { address: "192.0.2.1", port: 25, tls: "starttls" }, serverName: null, at: 0 } as const;
const grade: Program = (world) => scanGraded(world, judges);
const programs = { grade, full: scan } as const;

const modern: ModelServer = {
  suites: {
    [tls13]: codes("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"),
    [tls12]: codes("ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES128-SHA"),
  },
  groups: [4588, 29, 23],
  newestSignatures: [0x0804, 0x0805],
};

/** Counts its connections, of which no two are open at once. */
function liveOf(answer: (question: Question, connection: number) => Answer, most = 1) {
  const count = { connections: 0, open: 0, peak: 0 };
  async function connection<T>(work: () => T): Promise<T> {
    count.connections++;
    count.peak = Math.max(count.peak, ++count.open);
    await Promise.resolve();
    count.open--;
    return work();
  }
  const live: Live = {
    ask: (question) => connection(() => answer(question, count.connections)),
    askSslv2: () => connection(() => ({ kind: "refused", how: "closed" })),
    flaws: [],
    most,
  };
  return { live, count };
}

const of = (server: ModelServer) => (question: Question) => answerOf(server, question);
const merged = (a: Exhibits, b: Exhibits): Exhibits => ({
  certificates: { ...a.certificates, ...b.certificates },
  primes: { ...a.primes, ...b.primes },
});

/** As the schedule goes through it: `most` connections a turn, and the trail through JSON in between. */
async function inTurns(program: Program, answer: (question: Question, connection: number) => Answer, most = 1) {
  let trail: Trail = [];
  let exhibits: Exhibits = noExhibits;
  let total = 0;
  let peak = 0;
  for (let turns = 1; turns <= mostAnswers; turns++) {
    const { live, count } = liveOf((question, connection) => answer(question, total + connection), most);
    const resumed: Resumed = await resume(program, place, trail, live);
    total += count.connections;
    peak = Math.max(peak, count.peak);
    expect(count.connections).toBeLessThanOrEqual(most);
    trail = JSON.parse(JSON.stringify(resumed.trail)) as Trail;
    exhibits = JSON.parse(JSON.stringify(merged(exhibits, resumed.exhibits))) as Exhibits;
    if (resumed.isWhole || resumed.stopped !== null) return { ...resumed, exhibits, trail, turns, total, peak };
  }
  throw new Error("it never ends");
}

async function atOnce(program: Program, server: ModelServer): Promise<Scan & { readonly asked: number }> {
  const { live, count } = liveOf(of(server), Number.POSITIVE_INFINITY);
  return { ...(await resume(program, place, [], live)).scan, asked: count.connections };
}

describe.each(["grade", "full"] as const)("a %s scan, a question at a time", (depth) => {
  const program = programs[depth];

  it("finds what it finds in one go, with no question more", async () => {
    const subset = (from: readonly number[], most: number) => fc.shuffledSubarray([...from], { maxLength: most });
    const server = fc.record({
      lists: fc.tuple(subset(older, 8), subset(older, 4), subset(older, 4), subset(older, 4), subset(newer, 4)),
      groups: fc.shuffledSubarray([...olderGroups], { minLength: 1, maxLength: 5 }),
      order: fc.constantFrom<"server" | "client">("server", "client"),
      mute: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(server, fc.integer({ min: 1, max: 5 }), async ({ lists: [a, b, c, d, e], ...rest }, most) => {
        const lists = { [tls12]: a, [tls11]: b, [tls10]: c, [ssl3]: d, [tls13]: e };
        const kept = Object.entries(lists).filter(([, list]) => list.length > 0);
        const model: ModelServer = { ...rest, suites: Object.fromEntries(kept) };
        const { asked, connections: _, ...whole } = await atOnce(program, model);
        const turned = await inTurns(program, of(model), most);
        const { connections: __, ...found } = turned.scan;
        expect(turned.stopped).toBe(null);
        expect(found).toEqual(whole);
        expect(turned.peak).toBeLessThanOrEqual(1);
        // Who refuses by silence may be asked for a sign of life that came too late the first time.
        expect(turned.total).toBeLessThanOrEqual(asked + (rest.mute ? asked : 0));
        const again = await assemble(program, place, turned.trail, turned.exhibits);
        expect({ ...again.scan, connections: 0 }).toEqual({ ...found, connections: 0 });
      }),
      { numRuns: depth === "grade" ? 40 : 15, seed: 7 },
    );
  }, 60_000);

  it("asks again without finding anything new, as many as it may", async () => {
    const { trail } = await inTurns(program, of(modern));
    const { live, count } = liveOf(of(modern), 3);
    for (let again = 0; again < trail.length; again += 3) {
      expect(await askAgain(program, place, trail, again, live)).toBe(null);
    }
    expect(count.connections).toBe(trail.length);
  });

  it("begins anew behind the first answer that is another one", async () => {
    const { trail, scan: before } = await inTurns(program, of(modern));
    const stricter: ModelServer = { ...modern, suites: { [tls13]: modern.suites[tls13] ?? [] } };
    let found: Resumed | null = null;
    let at = 0;
    for (; found === null && at < trail.length; at++) {
      found = await askAgain(program, place, trail, at, liveOf(of(stricter)).live);
    }
    if (found === null) throw new Error("nothing was noticed");
    expect(found.trail.slice(0, -1)).toEqual(trail.slice(0, at - 1));
    expect(found.isWhole).toBe(false);
    let news: Resumed = found;
    while (!news.isWhole) news = await resume(program, place, news.trail, liveOf(of(stricter)).live);
    const spoken = (each: Scan) => each.versions.filter(({ accepted }) => accepted).map(({ name }) => name);
    expect([spoken(before), spoken(news.scan)]).toEqual([["TLSv1.2", "TLSv1.3"], ["TLSv1.3"]]);
  });

  test.each([
    "421 4.7.0 too many connections",
    "450 4.7.0 slow down",
    "554 5.7.1 too many sessions",
    "reset at connect",
  ])("%s ends the turn at once, and is never taken for a refusal", async (how) => {
    const banned = (question: Question, connection: number): Answer =>
      connection > 4 ? { kind: "unasked", how } : answerOf(modern, question);
    const { stopped, trail, exhibits, total } = await inTurns(program, banned, 9);
    expect(stopped).toEqual({ how, throttled: true });
    // SSLv2 may be asked in between.
    expect(trail.length).toBeLessThanOrEqual(5);
    expect(total).toBe(trail.length + 1);
    const { scan: known } = await assemble(program, place, trail, exhibits, [], `throttled: ${how}`);
    expect(known.incomplete).toBe(`throttled: ${how}`);
    expect(known.versions.filter(({ name, accepted }) => /1\.[23]/.test(name) && accepted === false)).toEqual([]);
    // Another day it goes on where it ended.
    const rest = await resume(program, place, trail, liveOf(of(modern), Number.POSITIVE_INFINITY).live);
    expect(rest.isWhole).toBe(true);
    const { connections: _, asked: __, ...whole } = await atOnce(program, modern);
    expect(rest.scan).toMatchObject(whole);
  });

  it.each<[string, Pick<ModelServer, "mostSuites" | "noExtensions">]>([
    ["no long hello", { mostSuites: 64 }],
    ["no extensions", { noExtensions: true }],
  ])("finds the same of a server that understands %s", async (_what, limits) => {
    const model: ModelServer = {
      suites: { [tls12]: older.slice(40, 44), [tls10]: [0x002f, 0x0005] },
      groups: [],
      ...limits,
    };
    const { asked, connections: _, ...whole } = await atOnce(program, model);
    expect(whole.versions.filter(({ accepted }) => accepted === true).map(({ name }) => name)).toEqual([
      "TLSv1",
      "TLSv1.2",
    ]);
    const { scan: found, total } = await inTurns(program, of(model));
    const { connections: __, ...turned } = found;
    expect(turned).toEqual(whole);
    expect(total).toBeLessThanOrEqual(asked);
  });

  it("a host that never let us in isn't slowing us down, unless it says so", async () => {
    const stoppedBy = async (how: string) => (await inTurns(program, () => ({ kind: "unasked", how }))).stopped;
    const sslv2 = async () => ({ kind: "unasked", how: "refused at connect" }) as const;
    const { stopped } = await resume(program, place, [], { ask: sslv2, askSslv2: sslv2, flaws: [], most: 5 });
    expect(stopped).toEqual({ how: "refused at connect", throttled: false });
    expect(await stoppedBy("421 too many connections")).toMatchObject({ throttled: true });
  });

  it("whoever falls silent for good has refused nothing", async () => {
    const silenced = (question: Question, connection: number): Answer =>
      connection > 4 ? { kind: "silent", how: "timeout" } : answerOf(modern, question);
    const { stopped, trail } = await inTurns(program, silenced);
    expect(stopped).toEqual({ how: "no answer any more (timeout)", throttled: true });
    expect(trail.map(({ answer }) => answer.kind)).not.toContain("silent");
    expect(trail.length).toBeLessThanOrEqual(5);
  });
});

/** As it was before signature schemes of TLS 1.3 were asked for. */
it("goes on with a trail in which a question is missing that a newer release asks", async () => {
  const { live } = liveOf(of(modern), Number.POSITIVE_INFINITY);
  const { trail } = await resume(scan, place, [], live);
  const isNewer = ({ answer }: Trail[number]) =>
    answer.kind === "chosen" && answer.version === tls13 && answer.signature !== null;
  const before = trail.filter((entry) => !isNewer(entry));
  expect(trail.length - before.length).toBe(2);
  const { scan: known, isWhole } = await assemble(scan, place, before, noExhibits);
  expect(isWhole).toBe(false);
  expect(known.versions).toEqual((await atOnce(scan, modern)).versions);
  const first = await askAgain(scan, place, before, 0, liveOf(of(modern)).live);
  expect(first?.trail).toHaveLength(before.length + 1);
  const rest = await resume(scan, place, first?.trail ?? [], liveOf(of(modern), 9).live);
  expect(rest).toMatchObject({ isWhole: true, scan: { newestSignatures: [0x0804, 0x0805] } });
  expect(rest.trail).toHaveLength(trail.length);
});

it("what is kept of answers is bounded, whatever they hold", async () => {
  const huge = new Uint8Array(100_000);
  let made = 0;
  const hostile = (question: Question): Answer => {
    const answer = answerOf(modern, question);
    if (answer.kind !== "chosen") return { kind: "refused", how: "x".repeat(1_000_000) };
    const extensions = new Map(Array.from({ length: 5_000 }, (_, type) => [type, huge] as const));
    const key = { ...answer.key, prime: new Uint8Array(200).fill(++made), bits: 1600 };
    const leaf = made % 2 === 0 ? huge : new Uint8Array(10_000).fill(made);
    return {
      ...answer,
      hello: { ...answer.hello, extensions: answer.hello.version === tls13 ? answer.hello.extensions : extensions },
      key,
      certificates: [leaf, huge],
    };
  };
  const { trail, exhibits } = await inTurns(scan, hostile);
  expect(Object.keys(exhibits.certificates).length).toBeLessThanOrEqual(trail.length);
  expect(JSON.stringify(trail).length / trail.length).toBeLessThan(700);
});
