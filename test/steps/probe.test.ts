import { afterEach, describe, expect, it } from "vitest";
import type { ProbeAnswer, ProbeJob, ProbeTask } from "../../lib/model/jobs.ts";
import type { Dialler } from "../../lib/model/ports.ts";
import { createLanes } from "../../lib/steps/lanes.ts";
import { type ProbeWorld, probe } from "../../lib/steps/probe.ts";
import { selfSigned } from "../fakes/certificates.ts";
import { dial, plainKit, probeClock } from "../fakes/look.ts";
import { type FakeMailServer, type MailServerOptions, startMailServer } from "../fakes/mail-server.ts";

const servers: FakeMailServer[] = [];

async function start(options: MailServerOptions = {}): Promise<FakeMailServer> {
  const server = await startMailServer(options);
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const world = (changed: Partial<ProbeWorld> = {}): ProbeWorld => ({
  dial,
  clock: probeClock,
  tls: plainKit,
  lanes: createLanes(),
  ehloName: "probe.example",
  timeoutMs: 5_000,
  ...changed,
});

const task = (slot: number, { address, port }: FakeMailServer, changed: Partial<ProbeTask> = {}): ProbeTask => ({
  slot,
  target: { address, port, tls: "starttls" },
  name: "mx.example",
  identity: false,
  allowPrivate: true,
  known: "",
  ...changed,
});

const job = (...tasks: readonly ProbeTask[]): ProbeJob => ({
  v: 1,
  cycle: 7,
  slice: 3,
  vantage: "here",
  round: 0,
  notAfter: Date.now() + 60_000,
  tasks,
});

async function answersTo(it: ProbeJob, at = world()): Promise<readonly ProbeAnswer[]> {
  return (await probe(it, at)).flatMap(({ answers }) => answers);
}

async function seen(it: ProbeJob, at = world()) {
  const [answer] = await answersTo(it, at);
  if (answer?.kind !== "seen") throw new Error(`expected facts, got ${JSON.stringify(answer)}`);
  return answer;
}

const chainOf = ({ observation: { outcome } }: Awaited<ReturnType<typeof seen>>) =>
  outcome.kind === "encrypted" ? outcome.certificate?.chain : undefined;

describe("the probe step", () => {
  it("answers all tasks of a job, in their order and with what they were asked", async () => {
    const [good, plain] = [await start(), await start({ starttls: false })];
    const results = await probe(job(task(4, good), task(9, plain, { name: null, identity: true })), world());
    expect(results).toMatchObject([{ v: 1, cycle: 7, slice: 3, vantage: "here", round: 0, part: 0 }]);
    expect(results[0]?.answers).toMatchObject([
      {
        slot: 4,
        name: "mx.example",
        identity: false,
        kind: "seen",
        observation: { vantage: "here", host: "mx.example" },
      },
      { slot: 9, name: null, identity: true, kind: "seen", observation: { outcome: { kind: "starttls-absent" } } },
    ]);
  });

  it("says 'same' when nothing that matters changed", async () => {
    const server = await start({ replies: { banner: (n) => `220 mx.example id ${n}` } });
    const { fingerprint } = await seen(job(task(0, server)));
    expect(await answersTo(job(task(0, server, { known: fingerprint })))).toEqual([
      { slot: 0, name: "mx.example", identity: false, kind: "same", at: expect.any(Number), fingerprint },
    ]);
    expect(server.connections).toBe(2);
  });

  it("reads the chain on first sight, over one connection", async () => {
    const server = await start();
    expect(chainOf(await seen(job(task(0, server))))).toHaveLength(1);
    expect(server.connections).toBe(1);
  });

  it("reads the chain when the leaf changed, over one more", async () => {
    const server = await start();
    const { fingerprint } = await seen(job(task(0, server)));
    const other = await selfSigned({ names: ["mx.example"] });
    server.set({ tls: { cert: other.certPem.repeat(2), key: other.keyPem } });
    const changed = await seen(job(task(0, server, { known: fingerprint })));
    expect(chainOf(changed)?.map(({ sha256 }) => sha256)).toEqual([other.sha256, other.sha256]);
    expect(server.connections).toBe(3);
  });

  it("doesn't mix the chain of another backend in", async () => {
    const server = await start();
    const certificates = [await selfSigned({ names: ["a.example"] }), await selfSigned({ names: ["b.example"] })];
    // The pool answers in turn: what the second look shows isn't what the first one saw.
    const banner = (n: number) => {
      const shown = certificates[n % 2];
      if (shown) server.set({ tls: { cert: shown.certPem, key: shown.keyPem } });
      return "220 mx.example";
    };
    server.set({ replies: { banner } });
    expect(chainOf(await seen(job(task(0, server, { known: "something else" }))))).toBeNull();
    expect(server.connections).toBe(2);
  });

  it("makes no second connection for a server without TLS", async () => {
    const server = await start({ starttls: false });
    await seen(job(task(0, server, { known: "something else" })));
    expect(server.connections).toBe(1);
  });

  it("doesn't begin after its time", async () => {
    const server = await start();
    const late = { ...job(task(0, server)), notAfter: Date.now() - 1 };
    expect(await answersTo(late)).toEqual([{ slot: 0, name: "mx.example", identity: false, kind: "not-tried" }]);
    expect(server.connections).toBe(0);
  });

  it("has one connection at a time to an address, whatever the port and the name", async () => {
    const servers = [await start({ replyDelayMs: 5 }), await start({ replyDelayMs: 5 })] as const;
    let [open, peak] = [0, 0];
    const counting: Dialler = async (request) => {
      const result = await dial(request);
      if (result.kind !== "connected") return result;
      open += 1;
      peak = Math.max(peak, open);
      result.socket.once("close", () => (open -= 1));
      return result;
    };
    const tasks = [0, 1, 2, 3].map((slot) => task(slot, servers[slot % 2 === 0 ? 0 : 1]));
    const answers = await answersTo(job(...tasks), world({ dial: counting }));
    expect(answers.map(({ kind }) => kind)).toEqual(["seen", "seen", "seen", "seen"]);
    expect(peak).toBe(1);
  });

  it("isn't stopped by a task that fails", async () => {
    const server = await start();
    let calls = 0;
    const failing: Dialler = (request) => {
      calls += 1;
      if (calls === 1) throw new Error("a fault of ours");
      return dial(request);
    };
    const answers = await answersTo(job(task(0, server), task(1, server)), world({ dial: failing }));
    expect(answers.map(({ kind }) => kind)).toEqual(["not-tried", "seen"]);
  });

  it("fits its results into messages of 200 kB", async () => {
    const long = Array.from({ length: 30 }, () => `250-${"x".repeat(1_900)}`);
    const server = await start({ replies: { ehlo: [...long, "250 SIZE"] } });
    const tasks = Array.from({ length: 8 }, (_, slot) => task(slot, server));
    const results = await probe(job(...tasks), world());
    expect(results.map(({ part }) => part)).toEqual(results.map((_, index) => index));
    expect(results.length).toBeGreaterThan(1);
    for (const part of results) expect(JSON.stringify(part).length).toBeLessThan(201_000);
    expect(results.flatMap(({ answers }) => answers.map(({ slot }) => slot))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});
