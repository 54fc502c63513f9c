import { describe, expect, it } from "vitest";
import { parseJob, parseResults, parseSchedule } from "../../lambdas/messages.ts";
import type { ScanJob, ScanResults } from "../../lib/model/deep-scan.ts";
import type { DrillResults, ProbeJob, ProbeResults } from "../../lib/model/jobs.ts";
import { observation } from "../judge/build.ts";

const target = { address: "192.0.2.1", port: 25, tls: "starttls" } as const;
const job: ProbeJob = {
  v: 1,
  cycle: 5_000_000,
  slice: 3,
  vantage: "here",
  round: 0,
  notAfter: 1_700_000_000_000,
  tasks: [{ slot: 7, target, name: "mx.example", identity: false, allowPrivate: false, known: "" }],
};
const results: ProbeResults = {
  v: 1,
  cycle: 5_000_000,
  slice: 3,
  vantage: "here",
  round: 0,
  part: 0,
  answers: [
    { slot: 1, name: null, identity: false, kind: "same", at: 1_700_000_000_000, fingerprint: "f" },
    { slot: 2, name: null, identity: false, kind: "not-tried" },
  ],
};

const drill: DrillResults = {
  v: 2,
  drill: "D-3F2A1B",
  cycle: 1_700_000_000,
  round: 1,
  vantage: "here",
  observation: observation({ kind: "starttls-absent", how: "absent" }),
};

const trail = [{ question: "sslv2", answer: { kind: "refused", how: "closed" } }] as const;
const part = { slice: 1, slot: 2, depth: "grade", flaws: "usual", beside: "", version: 3 } as const;
const scans: ScanJob = {
  v: 4,
  cycle: 5_666_666,
  vantage: "here",
  notAfter: 1_700_000_300_000,
  gapMs: 30_000,
  tasks: [
    {
      ...part,
      target: { address: "192.0.2.1", port: 25, tls: "starttls" },
      name: "mx1.acme.example",
      allowPrivate: false,
      trail,
      again: null,
      most: 1,
    },
  ],
};
const answered = { ...part, target: "192.0.2.1:25", at: 1_700_000_000_000 };
const exhibits = { certificates: {}, primes: {} };
const scanned: ScanResults = {
  v: 4,
  cycle: 5_666_666,
  vantage: "here",
  answers: [
    { ...answered, kind: "same" },
    { ...answered, kind: "news", trail, exhibits, stopped: { how: "421 too many", throttled: true } },
    { ...answered, kind: "not-tried" },
  ],
};

describe("messages between the steps", () => {
  it("a job comes out as it went in", () => {
    expect(parseJob(JSON.stringify(job))).toEqual({ kind: "parsed", value: job });
  });

  it("results come out as they went in", () => {
    expect(parseResults(JSON.stringify(results))).toEqual({ kind: "parsed", value: results });
  });

  it("a drill's results come out as they went in, and are none of a slice", () => {
    expect(parseResults(JSON.stringify(drill))).toEqual({ kind: "parsed", value: drill });
    expect(parseResults(JSON.stringify({ ...drill, v: 1 })).kind).toBe("malformed");
    expect(parseResults(JSON.stringify({ ...drill, v: 3 }))).toEqual({ kind: "malformed", why: "v: 3 isn't right" });
  });

  it("a job of scans and what it brought come out as they went in", () => {
    expect(parseJob(JSON.stringify(scans))).toEqual({ kind: "parsed", value: scans });
    expect(parseResults(JSON.stringify(scanned))).toEqual({ kind: "parsed", value: scanned });
  });

  it.each<[string, object, string]>([
    ["an address that is none", { target: { address: "mail.example", port: 25, tls: "starttls" } }, "tasks[0].target"],
    ["a depth that nobody knows", { depth: "none" }, "tasks[0].depth"],
    [
      "a trail without an end",
      { trail: Array.from({ length: 1_001 }, () => scans.tasks[0]?.trail[0]) },
      "tasks[0].trail",
    ],
    ["a trail of something else", { trail: ["TLSv1.2"] }, "tasks[0].trail"],
    ["flaws that nobody knows", { flaws: "all" }, "tasks[0].flaws"],
  ])("of a scan: %s", (_, over, why) => {
    const parsed = parseJob(JSON.stringify({ ...scans, tasks: [{ ...scans.tasks[0], ...over }] }));
    expect(parsed.kind === "malformed" && parsed.why).toContain(why);
  });

  it("what was sent by a later version is refused, not misread", () => {
    expect(parseJob(JSON.stringify({ ...job, v: 2 }))).toEqual({ kind: "malformed", why: "v: 2 isn't right" });
  });

  it("is bounded before it is read", () => {
    expect(parseJob(" ".repeat(262_145))).toEqual({ kind: "malformed", why: "longer than 262144 bytes" });
    const tasks = Array.from({ length: 501 }, () => job.tasks[0]);
    expect(parseJob(JSON.stringify({ ...job, tasks })).kind).toBe("malformed");
  });

  it("shows no more than the beginning of what it refuses", () => {
    const answer = parseJob(`{"v":"${"x".repeat(10_000)}"}`);
    expect(answer.kind === "malformed" && answer.why.length).toBeLessThan(120);
  });

  const task = (change: object): object => ({ ...job, tasks: [{ ...job.tasks[0], ...change }] });
  it.each([
    ["not JSON", "{", "not JSON"],
    ["a list", "[]", "expected an object"],
    ["null", "null", "expected an object"],
    ["a cycle that is no number", JSON.stringify({ ...job, cycle: "1" }), "cycle"],
    ["a negative slice", JSON.stringify({ ...job, slice: -1 }), "slice"],
    ["a vantage that is no text", JSON.stringify({ ...job, vantage: 1 }), "vantage"],
    ["too many rounds", JSON.stringify({ ...job, round: 11 }), "round"],
    ["no time", JSON.stringify({ ...job, notAfter: null }), "notAfter"],
    ["no tasks", JSON.stringify({ ...job, tasks: {} }), "tasks"],
    ["a task that is no object", JSON.stringify({ ...job, tasks: [1] }), "tasks"],
    ["a slot beyond the slice", JSON.stringify(task({ slot: 250 })), "tasks[0].slot"],
    [
      "a name where an address belongs",
      JSON.stringify(task({ target: { ...target, address: "mx.example" } })),
      "tasks[0].target",
    ],
    ["a port beyond the ports", JSON.stringify(task({ target: { ...target, port: 70_000 } })), "tasks[0].target"],
    ["another way of TLS", JSON.stringify(task({ target: { ...target, tls: "maybe" } })), "tasks[0].target"],
    ["a name beyond all names", JSON.stringify(task({ name: "x".repeat(513) })), "tasks[0].name"],
    ["a permission that is no boolean", JSON.stringify(task({ allowPrivate: "yes" })), "tasks[0].allowPrivate"],
  ])("refuses a job with %s", (_, body, why) => {
    const parsed = parseJob(body);
    expect(parsed.kind).toBe("malformed");
    expect(parsed.kind === "malformed" && parsed.why).toContain(why);
  });

  const answer = (change: object): string =>
    JSON.stringify({ ...results, answers: [{ ...results.answers[0], ...change }] });
  it.each([
    ["an unknown kind", answer({ kind: "perhaps" }), "answers[0].kind"],
    ["no fingerprint", answer({ fingerprint: undefined }), "answers[0].fingerprint"],
    ["facts that are none", answer({ kind: "seen", observation: { target } }), "answers[0].observation"],
    ["no part", JSON.stringify({ ...results, part: undefined }), "part"],
    ["a drill without an id", JSON.stringify({ ...drill, drill: 1 }), "drill"],
    ["a drill that saw nothing", JSON.stringify({ ...drill, observation: {} }), "observation"],
    ["a drill of no cycle", JSON.stringify({ ...drill, cycle: -1 }), "cycle"],
  ])("refuses results with %s", (_, body, why) => {
    const parsed = parseResults(body);
    expect(parsed.kind === "malformed" && parsed.why).toContain(why);
  });
});

describe("the schedule's event", () => {
  const never = () => Number.NaN;

  it("carries the time that the run was meant for", () => {
    expect(parseSchedule({ v: 1, at: "2026-11-25T03:00:00Z" }, never)).toBe(Date.UTC(2026, 10, 25, 3));
  });

  it("means now where an emulator did not fill the time in", () => {
    expect(parseSchedule({ v: 1, at: "<aws.scheduler.scheduled-time>" }, () => 42)).toBe(42);
  });

  it.each([[{}], [null], [{ v: 2, at: "2026-11-25T03:00:00Z" }], [{ v: 1, at: "soon" }], [{ v: 1, at: 5 }]])(
    "refuses %j",
    (event) => {
      expect(() => parseSchedule(event, never)).toThrow("expected { v: 1, at: TIME }");
    },
  );
});
