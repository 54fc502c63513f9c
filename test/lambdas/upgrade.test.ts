/** `cdk deploy` over a running fleet: what the previous release left in the queues and the tables is read by this one, and goes on. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { handler as judge } from "../../lambdas/judge.ts";
import { parseJob, parseResults, parseSchedule } from "../../lambdas/messages.ts";
import { handler as notify } from "../../lambdas/notify.ts";
import { handler as plan } from "../../lambdas/plan.ts";
import { handler as probe } from "../../lambdas/probe.ts";
import { handler as resolve } from "../../lambdas/resolve.ts";
import { handler as tick } from "../../lambdas/tick.ts";
import type { ProbeJob } from "../../lib/model/jobs.ts";
import { loadIncidents } from "../../lib/status/incidents.ts";
import { presentDrill } from "../../lib/steps/drill/document.ts";
import { verifyChain } from "../../lib/store/chain.ts";
import { openTables } from "../../lib/store/copy.ts";
import { readFleet } from "../../lib/store/fleet-file.ts";
import { environmentNames } from "../../lib/world/environment.ts";
import { type DnsServer, startDns } from "../fakes/dns-server.ts";
import { startMailServer } from "../fakes/mail-server.ts";
import { type FakeAws, startAws } from "./aws.ts";
import { scheduled, sqsEvent } from "./events.ts";

const linesOf = (file: string) =>
  readFileSync(join(import.meta.dirname, "fixtures", file), "utf8")
    .trim()
    .split("\n");
const messages = linesOf("messages-51631d1.jsonl").map((line) => JSON.parse(line) as { what: string; body: string });
const bodies = (what: string) => messages.filter((message) => message.what === what).map(({ body }) => body);
const everyMs = 300_000;
/** When the tables were read. */
const readAt = Date.UTC(2026, 10, 24, 9, 12, 30);
const none = { batchItemFailures: [] };

async function* lines(): AsyncGenerator<string> {
  yield* linesOf("items-51631d1.jsonl");
}

describe("messages of the previous release", () => {
  const jobs = messages.filter(({ what }) => what.endsWith("job"));
  const results = messages.filter(({ what }) => /results$|^drill/.test(what));

  it("are all of its kinds", () => {
    expect([jobs.length, results.length, bodies("wake-up").length, bodies("schedule").length]).toEqual([11, 17, 1, 1]);
    expect(new Set(results.map(({ body }) => JSON.parse(body).v))).toEqual(new Set([1, 2]));
    const kinds = results.flatMap(({ body }) =>
      (JSON.parse(body).answers ?? []).map(({ kind }: { kind: string }) => kind),
    );
    expect(new Set(kinds)).toEqual(new Set(["seen", "same", "not-tried"]));
  });

  it.each(jobs)("$what is read", ({ body }) => {
    expect(parseJob(body)).toEqual({ kind: "parsed", value: JSON.parse(body) });
  });

  it.each(results)("$what is read", ({ body }) => {
    expect(parseResults(body)).toEqual({ kind: "parsed", value: JSON.parse(body) });
  });

  it("a run of the schedule is read", () => {
    expect(parseSchedule(JSON.parse(bodies("schedule")[0] ?? ""), () => 0)).toBeGreaterThan(Date.UTC(2026, 10, 24, 9));
  });
});

describe("a fleet of the previous release, in the middle of an incident", () => {
  let aws: FakeAws;
  let dns: DnsServer;
  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    vi.setSystemTime(readAt);
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    aws = await startAws();
    dns = await startDns({ "acme.example": { MX: ["10 mx.example"] }, "mx.example": { A: ["127.0.0.1"] } });
    vi.stubEnv(environmentNames.resolvers, dns.address);
    vi.stubEnv(environmentNames.build, "build-2");
    const { items } = await readFleet(lines());
    await openTables(aws.client, aws.tables).fill("fixtures", items);
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    vi.useRealTimers();
    await Promise.all([aws.close(), dns.close()]);
  });

  const incidents = () => loadIncidents(aws.store, Date.now());
  const verified = async () => verifyChain(aws.store.ledger.record(), await aws.store.ledger.recordHead());

  it("is read: customers, rosters, what each target showed, history, silences, the record", async () => {
    const { config, state, ledger } = aws.store;
    expect(await config.settings()).toMatchObject({ notify: { escalate: null, shared: expect.anything() } });
    expect(await config.customer("acme")).toMatchObject({
      gateway: "gateway",
      contacts: [{ email: "it@acme.example" }],
    });
    expect(await config.gateways()).toMatchObject([{ id: "gateway", hosts: ["mx.example"] }]);
    expect(await config.silences()).toMatchObject([{ id: "S-1" }]);
    const [slice] = await state.slices();
    const target = slice?.entries[0]?.target;
    expect(target).toMatchObject({ address: "127.0.0.1", tls: "starttls" });
    const key = `127.0.0.1:${target?.port}`;
    expect((await state.memory(slice?.number ?? 0)).value).toMatchObject([{ mark: "clear" }]);
    expect(await state.target(key, "here")).toMatchObject({
      everEncrypted: true,
      facts: { outcome: { kind: "starttls-absent" } },
    });
    expect(await state.domain("acme.example")).toMatchObject({ mx: { kind: "mx" } });
    expect(await state.host("mx.example")).toMatchObject({ facts: { addresses: ["127.0.0.1"] } });
    expect((await ledger.events(key, 10)).map(({ kind }) => kind)).toEqual(["facts", "facts"]);
    expect((await ledger.ledger(slice?.number ?? 0, 10)).map(({ marks }) => marks)).toEqual([
      ["clear"],
      ["tls"],
      ["tls"],
    ]);
    expect((await ledger.days(slice?.number ?? 0, 0, Date.now(), everyMs)).at(-1)).toMatchObject({ tls: 2, clear: 1 });
    expect(await presentDrill(aws.store)).toMatchObject({ endedAt: null });
    expect(await verified()).toMatchObject({ kind: "unbroken", entries: 1 });
    expect(await incidents()).toMatchObject([{ id: "CM-10A9B2", state: "open", class: "cleartext" }]);
  });

  it("a wake-up of the previous release tells nobody again who was told", async () => {
    expect(await notify(sqsEvent("outbox", bodies("wake-up")))).toEqual(none);
    expect(aws.published).toEqual([]);
  });

  it("a job of the previous release is looked at, and its results are what this release judges", async () => {
    const mail = await startMailServer();
    const job = JSON.parse(bodies("loss job")[0] ?? "") as ProbeJob;
    const tasks = job.tasks.map((task) => ({ ...task, target: { ...task.target, port: mail.port } }));
    const body = JSON.stringify({ ...job, tasks, notAfter: Date.now() + everyMs });
    expect(await probe(sqsEvent("jobs", [body]))).toEqual(none);
    await mail.close();
    const [results] = aws.take("results");
    expect(parseResults(results?.body ?? "")).toMatchObject({ kind: "parsed", value: { answers: [{ kind: "seen" }] } });
  });

  it("a drill that was begun by the previous release is judged", async () => {
    for (const body of bodies("drill")) expect(await judge(sqsEvent("results", [body]))).toEqual(none);
    expect((await presentDrill(aws.store))?.judged.length).toBeGreaterThan(0);
  });

  it("results that were in flight end the incident that was open, once", async () => {
    for (const body of bodies("in flight results")) {
      vi.setSystemTime(Math.max(Date.now(), JSON.parse(body).cycle * everyMs + 1_000));
      expect(await judge(sqsEvent("results", [body]))).toEqual(none);
      await tick(scheduled(Date.now()));
      await notify(sqsEvent("outbox", ["{}"]));
    }
    expect((await incidents()).filter(({ drill }) => !drill)).toMatchObject([{ id: "CM-10A9B2", state: "ended" }]);
    const subjects = aws.published
      .map((fields) => fields.get("Subject") ?? "")
      .filter((text) => !text.includes("[DRILL]"));
    expect(subjects).toEqual([expect.stringContaining("Recovered")]);
    expect(await verified()).toMatchObject({ kind: "unbroken" });
  });

  it("the next cycles are resolved and planned on its rosters", async () => {
    const cycle = Math.ceil(Date.now() / everyMs) + 1;
    vi.setSystemTime(cycle * everyMs);
    await resolve(scheduled(cycle * everyMs));
    aws.take("jobs");
    await plan(scheduled(cycle * everyMs));
    const looks = aws.take("jobs").map(({ body }) => parseJob(body));
    const job = { cycle, tasks: [{ name: "mx.example" }] };
    expect(looks).toMatchObject([
      { kind: "parsed", value: { v: 1, ...job } },
      { kind: "parsed", value: { v: 4, ...job } },
    ]);
  });
});
