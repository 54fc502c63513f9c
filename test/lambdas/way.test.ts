/**
 * The way of the data through the handlers themselves: schedule → resolve, plan → probe → judge → notify, and status,
 * each with the event that AWS sends it, over the embedded store. What each did is compared with what it may do.
 */

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { handler as judge } from "../../lambdas/judge.ts";
import { measure } from "../../lambdas/log.ts";
import { handler as notify } from "../../lambdas/notify.ts";
import { handler as plan } from "../../lambdas/plan.ts";
import { handler as probe } from "../../lambdas/probe.ts";
import { handler as resolve } from "../../lambdas/resolve.ts";
import { handler as status } from "../../lambdas/status.ts";
import { handler as tick } from "../../lambdas/tick.ts";
import { type Customer, defaultSettings } from "../../lib/model/customer.ts";
import type { ProbeJob } from "../../lib/model/jobs.ts";
import { noNotify } from "../../lib/model/notify-settings.ts";
import { defaultPolicy } from "../../lib/model/policy.ts";
import { beginDrill } from "../../lib/steps/drill/begin.ts";
import { presentDrill } from "../../lib/steps/drill/document.ts";
import { endDrill } from "../../lib/steps/drill/judge.ts";
import { type DelayedResults, lossOf, recoveryOf } from "../../lib/steps/drill/made-up.ts";
import { environmentNames } from "../../lib/world/environment.ts";
import { openCause, owed } from "../fakes/causes.ts";
import { customerOf } from "../fakes/customers.ts";
import { type DnsServer, startDns } from "../fakes/dns-server.ts";
import { type FakeMailServer, startMailServer } from "../fakes/mail-server.ts";
import { rightsOf, synthesized } from "../stack/synthesized.ts";
import { type FakeAws, startAws } from "./aws.ts";
import { httpRequest, scheduled, sqsEvent } from "./events.ts";

const everyMs = 300_000;
const token = "a-token-of-the-operator";
const acme: Customer = customerOf("acme", {
  gateway: "gateway",
  domains: [{ name: "acme.example", tlsMode: "enabled" }],
  allowPrivate: true,
});

let aws: FakeAws;
let dns: DnsServer;
let mail: FakeMailServer;
const posted: unknown[] = [];
const hook = createServer((request, response) => {
  void json(request).then((event) => {
    posted.push(event);
    response.writeHead(202).end();
  });
});
// Each test takes one or two, and none has yet to come.
let cycle = Math.floor(Date.now() / everyMs) - 50;
const lines: Record<string, unknown>[] = [];
const did = new Map<string, Set<string>>();

beforeAll(async () => {
  aws = await startAws();
  mail = await startMailServer();
  dns = await startDns({ "acme.example": { MX: ["10 mx.example"] }, "mx.example": { A: ["127.0.0.1"] } });
  vi.stubEnv(environmentNames.resolvers, dns.address);
  const { config } = aws.store;
  // What is confirmed over 40 seconds elsewhere, and waits for others of its cause, is told at once here.
  hook.listen(0, "127.0.0.1");
  await once(hook, "listening");
  const webhook = { url: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`, token: null, secret: null };
  await config.putSettings({
    ...defaultSettings,
    policy: { openSpan: 0, groupWait: 0 },
    notify: { ...noNotify, webhooks: [webhook] },
  });
  await config.putGateways([{ id: "gateway", hosts: ["mx.example"], port: mail.port }]);
  await config.putCustomers([acme]);
  await config.bumpRevision();
  await config.putToken(createHash("sha256").update(token).digest("hex"), { customer: null, createdAt: 0 });
  aws.used();
});
afterAll(async () => {
  hook.close();
  await Promise.all([aws.close(), mail.close(), dns.close()]);
});
beforeEach(() => {
  lines.length = 0;
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    lines.push(
      ...String(chunk)
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    );
    return true;
  });
  return () => vi.restoreAllMocks();
});

/** Runs one handler, and remembers what it did to which table. */
async function as<T>(step: string, work: () => Promise<T>): Promise<T> {
  aws.used();
  const result = await work();
  const rights = did.get(step) ?? new Set();
  for (const right of aws.used()) rights.add(right);
  did.set(step, rights);
  return result;
}

const bodies = (queue: string): readonly string[] => aws.take(queue).map(({ body }) => body);
const none = { batchItemFailures: [] };

/** Jobs out of their queue, looked at and judged; answers what confirms. */
async function lookAndJudge(): Promise<void> {
  expect(await as("VantageProbe", () => probe(sqsEvent("jobs", bodies("jobs"))))).toEqual(none);
  expect(await as("Judge", () => judge(sqsEvent("results", bodies("results"))))).toEqual(none);
}

async function wholeCycle(): Promise<void> {
  cycle += 1;
  await as("Resolve", () => resolve(scheduled(cycle * everyMs)));
  await as("Plan", () => plan(scheduled(cycle * everyMs)));
  await lookAndJudge();
  // Confirmation looks, as often as the judge wants them.
  while (aws.waiting("jobs") > 0) await lookAndJudge();
}

async function verdict(): Promise<unknown> {
  const request = httpRequest("GET", "/v1/customers/acme", { authorization: `Bearer ${token}` });
  const { statusCode, body } = await as("StatusApi", () => status(request as Parameters<typeof status>[0]));
  expect(statusCode).toBe(200);
  return (JSON.parse(body) as { verdict: unknown }).verdict;
}

describe("the way of the data on AWS", () => {
  it("goes from the schedule to the status", async () => {
    await wholeCycle();
    expect(await verdict()).toBe("unverified");
    expect(heartbeats()).toEqual(["resolve", "plan", "judge"]);
  });

  it("a cycle that is planned twice is looked at once", async () => {
    await plan(scheduled(cycle * everyMs));
    expect(aws.take("jobs")).toEqual([]);
  });

  it("a job goes to the queue of its vantage, and carries what the probe has to know", async () => {
    cycle += 1;
    await plan(scheduled(cycle * everyMs));
    const [message, ...others] = aws.take("jobs");
    expect(others).toEqual([]);
    expect(message?.delaySeconds).toBe(0);
    expect(JSON.parse(message?.body ?? "")).toMatchObject({
      v: 1,
      cycle,
      round: 0,
      vantage: "here",
      tasks: [{ target: { address: "127.0.0.1", port: mail.port, tls: "starttls" }, name: "mx.example" }],
    });
  });

  it("a loss is confirmed by further looks, which wait in the queue, and told once to the topic", async () => {
    await wholeCycle();
    mail.set({ starttls: false });
    cycle += 1;
    lines.length = 0;
    await as("Plan", () => plan(scheduled(cycle * everyMs)));
    await lookAndJudge();
    const confirming = aws.take("jobs");
    expect(confirming.map(({ delaySeconds }) => delaySeconds)).toEqual([20, 40, 60]);
    expect(confirming.map(({ body }) => (JSON.parse(body) as ProbeJob).round)).toEqual([1, 2, 3]);
    expect(aws.waiting("outbox")).toBe(0);

    expect(
      await probe(
        sqsEvent(
          "jobs",
          confirming.map(({ body }) => body),
        ),
      ),
    ).toEqual(none);
    expect(await as("Judge", () => judge(sqsEvent("results", bodies("results"))))).toEqual(none);
    const wakeUps = bodies("outbox");
    expect(wakeUps).not.toEqual([]);
    expect(await as("Notify", () => notify(sqsEvent("outbox", wakeUps)))).toEqual(none);
    expect(await as("Notify", () => notify(sqsEvent("outbox", wakeUps)))).toEqual(none);

    expect(aws.published).toHaveLength(1);
    const [message] = aws.published;
    expect(message?.get("TopicArn")).toBe(process.env[environmentNames.topic]);
    expect(message?.get("MessageStructure")).toBe("json");
    expect(message?.get("Message")).toContain("https://status.example/");
    expect(posted).toMatchObject([{ type: "chainmail.incident.opened", source: "https://status.example" }]);
    expect(await verdict()).toBe("lost");

    // One trace leads from the job to the message, with one line for each batch.
    const trace = `${cycle}.here.1`;
    expect(wakeUps.map((body) => JSON.parse(body))).toContainEqual({ v: 1, trace });
    expect(posted).toMatchObject([{ data: { trace } }]);
    expect(lines.filter((line) => line.message === "batch")).toMatchObject([
      { step: "probe", records: 1, failed: 0, looks: 1, traces: [trace] },
      { step: "judge", records: 1, failed: 0, answers: 1, confirming: 3, traces: [trace] },
      { step: "probe", records: 3, failed: 0, looks: 3, traces: [trace] },
      { step: "judge", records: 3, failed: 0, answers: 3, traces: [trace] },
      { step: "notify", sent: 2, traces: [trace] },
      { step: "notify", sent: 0, traces: [trace] },
    ]);
    const told = lines.filter((line) => line.message === "told");
    expect(told.map(({ traces }) => traces)).toEqual([[trace], [trace]]);
  });

  it("the tick does what is due and wakes notify", async () => {
    await as("Tick", () => tick(scheduled(Date.now())));
    expect(aws.take("outbox")).toHaveLength(1);
    expect(heartbeats()).toEqual(["tick"]);
  });

  it("every handler did only what the stack grants it", async () => {
    const { template } = synthesized();
    expect([...did.keys()].sort()).toEqual(["Judge", "Notify", "Plan", "Resolve", "StatusApi", "Tick", "VantageProbe"]);
    for (const [step, done] of did) expect(rightsOf(template, step)).toEqual(expect.arrayContaining([...done]));
    expect(did.get("VantageProbe")).toEqual(new Set(["sqs:SendMessage ResultsQueue"]));
  });
});

describe("what the alarms of the stack listen for", () => {
  const said = (name: string) => lines.filter((line) => name in line).map((line) => line[name]);

  it("is how many targets were planned and how many looked at, and what comes again is not counted again", async () => {
    cycle += 1;
    await plan(scheduled(cycle * everyMs));
    await plan(scheduled(cycle * everyMs));
    expect(said("Planned")).toEqual([1]);
    await probe(sqsEvent("jobs", bodies("jobs")));
    const [results = ""] = bodies("results");
    await judge(sqsEvent("results", [results]));
    await judge(sqsEvent("results", [results]));
    expect(said("Looked")).toEqual([1, 0]);
  });

  it("is how long a message has been owed, and which could not be published", async () => {
    const cause = openCause([owed({ at: Date.now() - 150_000, class: "weak" }, { notBefore: Date.now() - 150_000 })], {
      class: "weak",
    });
    await aws.store.state.putCause({ value: cause, version: 0 });
    await tick(scheduled(Date.now()));
    const [age] = said("OutboxAge");
    expect(age).toBeGreaterThanOrEqual(150);
    expect(age).toBeLessThan(160);
    await notify(sqsEvent("outbox", bodies("outbox")));
    expect(said("FailedPublishes")).toEqual([0]);
    expect(said("DeadMessages")).toEqual([0]);
    await tick(scheduled(Date.now()));
    expect(said("OutboxAge").at(-1)).toBe(0);
  });

  it.each(["Planned", "Looked", "OutboxAge", "FailedPublishes", "DeadMessages"] as const)(
    "%s is said in the embedded metric format, under the stack's name",
    (name) => {
      measure(name, 7);
      expect(lines).toMatchObject([
        {
          _aws: {
            Timestamp: expect.any(Number),
            CloudWatchMetrics: [{ Namespace: "Chainmail", Dimensions: [["Stack"]], Metrics: [{ Name: name }] }],
          },
          Stack: process.env[environmentNames.stack],
          [name]: 7,
        },
      ]);
      expect(JSON.stringify(synthesized().template.findResources("AWS::CloudWatch::Alarm"))).toContain(
        `"MetricName":"${name}"`,
      );
    },
  );
});

describe("a fire drill on AWS", () => {
  it("goes from the results queue to the topic, marked, and touches nothing of the real target", async () => {
    const world = { store: aws.store, now: () => Date.now(), policy: { ...defaultPolicy, openSpan: 0 } };
    const before = await aws.store.state.memory(1);
    const begun = await beginDrill(world, "acme", 600_000);
    if (begun.kind !== "begun") throw new Error(begun.kind);
    const { drill } = begun;
    const published = aws.published.length;
    const send = (all: readonly DelayedResults[]) =>
      as("Judge", () =>
        judge(
          sqsEvent(
            "results",
            all.map(({ results }) => JSON.stringify(results)),
          ),
        ),
      );
    expect(await send(lossOf(drill, { ...defaultPolicy, openSpan: 0 }))).toEqual(none);
    expect(heartbeats()).toEqual([]);
    await as("Notify", () => notify(sqsEvent("outbox", bodies("outbox"))));
    expect(await send(recoveryOf(drill, world.policy, Date.now() + 60_000))).toEqual(none);
    await as("Notify", () => notify(sqsEvent("outbox", bodies("outbox"))));
    const subjects = aws.published.slice(published).map((message) => message.get("Subject"));
    expect(subjects).toEqual([
      expect.stringMatching(/^\[DRILL\] .*TLS lost/),
      expect.stringMatching(/^\[DRILL\] .*Recovered/),
    ]);
    expect(await presentDrill(aws.store)).toMatchObject({
      expected: ["sns:operators", expect.stringContaining("webhook:")],
      tries: [{ result: "sent" }, { result: "sent" }, { result: "sent" }, { result: "sent" }],
    });
    expect(await aws.store.state.memory(1)).toEqual(before);
  });

  it("is ended by the tick when nobody does", async () => {
    const now = Date.now();
    const world = { store: aws.store, now: () => now - 60_000, policy: defaultPolicy };
    await endDrill({ ...world, now: () => now }, (await presentDrill(aws.store))?.id ?? "");
    expect((await beginDrill(world, "acme", 30_000)).kind).toBe("begun");
    await as("Tick", () => tick(scheduled(now)));
    expect((await presentDrill(aws.store))?.endedAt).toBeGreaterThanOrEqual(now);
  });
});

it("a heartbeat is the metric that the stack's alarms listen for", async () => {
  await tick(scheduled(Date.now()));
  const line = lines.find((each) => "Heartbeat" in each);
  const { template } = synthesized();
  template.hasResourceProperties("AWS::CloudWatch::Alarm", {
    Namespace: "Chainmail",
    MetricName: "Heartbeat",
    Dimensions: [
      { Name: "Stack", Value: "Chainmail" },
      { Name: "Step", Value: line?.Step },
    ],
  });
  expect(line).toMatchObject({
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        { Namespace: "Chainmail", Dimensions: [["Stack", "Step"]], Metrics: [{ Name: "Heartbeat" }] },
      ],
    },
    Stack: process.env[environmentNames.stack],
    Heartbeat: 1,
  });
});

describe("what goes wrong", () => {
  it("a bad record fails alone, with a log line, and the others are worked on", async () => {
    mail.set({ starttls: true });
    cycle += 1;
    await plan(scheduled(cycle * everyMs));
    const [job = ""] = bodies("jobs");
    expect(await probe(sqsEvent("jobs", ["{", job, JSON.stringify({ v: 2 })]))).toEqual({
      batchItemFailures: [{ itemIdentifier: "m0" }, { itemIdentifier: "m2" }],
    });
    expect(errors()).toMatchObject([
      { step: "probe", messageId: "m0", message: expect.stringContaining("unreadable message") },
      { step: "probe", messageId: "m2", message: expect.stringContaining("v: 2") },
    ]);

    const [results = ""] = bodies("results");
    lines.length = 0;
    expect(await judge(sqsEvent("results", ["[]", results]))).toEqual({
      batchItemFailures: [{ itemIdentifier: "m0" }],
    });
    expect(errors()).toMatchObject([{ step: "judge", messageId: "m0" }]);
    expect(heartbeats()).toEqual(["judge"]);
  });

  it("a queue that takes nothing fails the record, so that it comes again", async () => {
    cycle += 1;
    await plan(scheduled(cycle * everyMs));
    const [job = ""] = bodies("jobs");
    aws.refuse(true);
    expect(await probe(sqsEvent("jobs", [job]))).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }] });
    aws.refuse(false);
    expect(errors()).toMatchObject([{ message: expect.stringContaining("not sent") }]);
  });

  it.each([
    ["resolve", resolve],
    ["plan", plan],
    ["tick", tick],
  ])("%s refuses an event that isn't the schedule's, and has no heartbeat then", async (_, handler) => {
    await expect(handler({ v: 7 })).rejects.toThrow("expected { v: 1, at: TIME }");
    expect(heartbeats()).toEqual([]);
  });

  it("status asks for a token", async () => {
    const { statusCode, headers } = await status(httpRequest("GET", "/v1/fleet") as Parameters<typeof status>[0]);
    expect(statusCode).toBe(401);
    expect(headers).toMatchObject({ "www-authenticate": expect.stringContaining("Bearer") });
  });
});

function heartbeats(): readonly unknown[] {
  return lines.filter((line) => "Heartbeat" in line).map(({ Step }) => Step);
}

function errors(): readonly Record<string, unknown>[] {
  return lines.filter(({ level }) => level === "error");
}
