/**
 * What each function asks of AWS, recorded at the SDK over all that it has to do, against what the stack grants it, both
 * ways: a right that is missing fails, and so does one that nothing uses.
 */

import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { handler as contacts } from "../../lambdas/contacts.ts";
import { handler as judge } from "../../lambdas/judge.ts";
import { handler as notify } from "../../lambdas/notify.ts";
import { handler as plan } from "../../lambdas/plan.ts";
import { handler as probe } from "../../lambdas/probe.ts";
import { handler as resolve } from "../../lambdas/resolve.ts";
import { handler as status } from "../../lambdas/status.ts";
import { handler as tick } from "../../lambdas/tick.ts";
import { fingerprint } from "../../lib/judge/fingerprint.ts";
import type { Cause } from "../../lib/model/incident.ts";
import type { Outcome } from "../../lib/model/observation.ts";
import { defaultPolicy } from "../../lib/model/policy.ts";
import { blankMemory } from "../../lib/model/roster.ts";
import { clearSight } from "../../lib/model/sight.ts";
import { targetKey } from "../../lib/model/target.ts";
import { sightSubject } from "../../lib/steps/sight-of.ts";
import { environmentNames } from "../../lib/world/environment.ts";
import { openCause, owed } from "../fakes/causes.ts";
import { customerOf } from "../fakes/customers.ts";
import { type DnsServer, startDns } from "../fakes/dns-server.ts";
import { observation } from "../judge/build.ts";
import { rightsOf, synthesized } from "../stack/synthesized.ts";
import { createLab, entryOf, good, keyOf, plain } from "../steps/lab.ts";
import { type FakeAws, startAws } from "./aws.ts";
import { httpRequest, scheduled, sqsEvent } from "./events.ts";

const everyMs = 300_000;
const minute = 60_000;
const hour = 60 * minute;
const arn = (name: string) => `arn:aws:sns:eu-central-1:123456789012:${name}`;
const everybody = {
  alertEmail: "ops@example.com",
  alertSms: "+4915112345678",
  escalateEmail: "boss@example.com",
  escalateSms: "+4915112345679",
};

let aws: FakeAws;
let dns: DnsServer;
const did = new Map<string, Set<string>>();
beforeAll(async () => {
  aws = await startAws();
  dns = await startDns({
    "acme.example": { MX: ["10 mx1.example"] },
    "mx1.example": { A: ["192.0.2.1"] },
    "globex.example": { MX: ["10 mx2.example"] },
    "mx2.example": { A: ["192.0.2.2"] },
  });
  vi.stubEnv(environmentNames.resolvers, dns.address);
  vi.stubEnv(environmentNames.phones, arn("phones"));
  vi.stubEnv(environmentNames.second, arn("second"));
  vi.stubEnv(environmentNames.secondPhones, arn("second-phones"));
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.spyOn(process.stdout, "write").mockImplementation(() => true);
});
afterAll(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await Promise.all([aws.close(), dns.close()]);
});

/** Runs one function, and remembers what it asked for. */
async function as<T>(step: string, work: () => Promise<T>): Promise<T> {
  aws.used();
  const result = await work();
  did.set(step, new Set([...(did.get(step) ?? []), ...aws.used()]));
  return result;
}

function expectExactly(step: string): void {
  const may = new Set(rightsOf(synthesized(everybody).template, step));
  expect([...(did.get(step) ?? [])].toSorted()).toEqual([...may].toSorted());
}

const later = (ms: number) => vi.setSystemTime(Date.now() + ms);
const cycleNow = () => Math.floor(Date.now() / everyMs);
const target = (address: string) => targetKey(entryOf(address).target);

async function put(cause: Cause): Promise<void> {
  const { version } = await aws.store.state.cause(cause.class, cause.subject);
  await aws.store.state.putCause({ value: cause, version });
}

/** Over, with nothing left of it but what `over` says: a step that takes that away removes it. */
function almostSpent(subject: string, over: Partial<Cause>): Cause {
  const standing = openCause([], { subject, state: "clear", openings: [] });
  const incident = standing.incident && {
    ...standing.incident,
    endedAt: Date.now() - hour,
    ended: "recovered" as const,
  };
  return { ...standing, incident, ...over };
}

it("Resolve", async () => {
  const pass = () => as("Resolve", () => resolve(scheduled(Date.now())));
  const { config, state } = aws.store;
  await config.putCustomers(
    ["acme", "globex"].map((id) => customerOf(id, { domains: [{ name: `${id}.example`, tlsMode: "enabled" }] })),
  );
  await config.bumpRevision();
  await pass();
  // A target that showed something under a further name leaves, and another one's host moves.
  await state.putName(target("192.0.2.2"), "here", { name: "mx2.example", at: Date.now(), certificate: null });
  await put(openCause([], { subject: target("192.0.2.2") }));
  await config.removeCustomers(["globex"]);
  await config.bumpRevision();
  dns.set("mx1.example", { A: ["192.0.2.3"] });
  later(hour);
  await pass();
  expectExactly("Resolve");
});

it("Plan", async () => {
  const { state } = aws.store;
  await createLab(aws.store, 50).put([entryOf("192.0.2.9")]);
  const scan = { beside: "", running: true, notBefore: 0, restartedAt: 0 };
  await state.putMemory(50, { value: [{ ...blankMemory, mark: "tls", scan }], version: 0 });
  await as("Plan", () => plan(scheduled(Date.now())));
  expectExactly("Plan");
});

it("VantageProbe", async () => {
  const jobs = aws.take("jobs").map(({ body }) => body);
  expect(await as("VantageProbe", () => probe(sqsEvent("jobs", jobs.slice(0, 1))))).toEqual({
    batchItemFailures: [],
  });
  expectExactly("VantageProbe");
});

/** A vantage that sees again, of which nobody was told, and which has yet to let go of what it held back. */
async function backInSight(told: boolean): Promise<void> {
  const { version } = await aws.store.state.document(sightSubject("here"));
  const value = { ...clearSight, since: Date.now(), told, releaseAt: Date.now() - minute };
  await aws.store.state.putDocument(sightSubject("here"), { value, version });
}

it("Judge", async () => {
  const names = ["mx1.example", "mx2.example"].map((name) => ({ name, since: 0 }));
  await createLab(aws.store, 51).put(["192.0.2.10", "192.0.2.11"].map((address) => entryOf(address, { names })));
  await backInSight(true);
  // The last bad answer falls out of its window.
  const votes = Array.from({ length: defaultPolicy.window }, (_, at) => {
    const answer = at === 0 ? ("bad" as const) : ("good" as const);
    return { at: Date.now() - hour + at * minute, cycle: cycleNow() - 20 + at, round: 0, vantage: "here", answer };
  });
  const context = { ...openCause([]).context, slot: { slice: 51, slot: 0, vantage: "here" } };
  await put(almostSpent(keyOf("192.0.2.10"), { votes, context }));
  const { version } = await aws.store.state.memory(51);
  await aws.store.state.putMemory(51, { value: [{ ...blankMemory, hot: ["cleartext"] }, blankMemory], version });
  const look = (address: string, slot: number, outcome: Outcome) => {
    const [host, sni] = ["mx1.example", "mx1.example"];
    const seen = observation(outcome, { target: entryOf(address).target, at: Date.now(), host, sni });
    return { kind: "seen", slot, name: host, identity: false, observation: seen, fingerprint: fingerprint(seen) };
  };
  const answers = [look("192.0.2.10", 0, good), look("192.0.2.11", 1, plain)];
  const results = { v: 1, cycle: cycleNow(), slice: 51, vantage: "here", round: 0, part: 0, answers };
  expect(await as("Judge", () => judge(sqsEvent("results", [JSON.stringify(results)])))).toEqual({
    batchItemFailures: [],
  });
  expect((await aws.store.state.cause("cleartext", keyOf("192.0.2.10"))).value).toBe(null);
  await as("Judge", () => judge(sqsEvent("results", [JSON.stringify({ ...results, round: 1 })])));
  expectExactly("Judge");
});

it("Tick", async () => {
  // It was blind, and a crash kept that from the ledger; another is to let go of what it held back.
  await backInSight(true);
  // Nothing is left of it but an opening of more than an hour ago.
  await put(almostSpent(keyOf("192.0.2.9"), { openings: [Date.now() - 2 * hour], due: Date.now() - minute }));
  const vote = { at: Date.now() - minute, cycle: cycleNow(), round: 0, vantage: "here", answer: "bad" } as const;
  const context = { ...openCause([]).context, slot: { slice: 51, slot: 1, vantage: "here" } };
  const subject = keyOf("192.0.2.11");
  const due = Date.now() - 1_000;
  await put({
    ...openCause([], { subject, context }),
    state: "suspected",
    incident: null,
    votes: [vote],
    openings: [],
    due,
  });
  // One whose target nobody has on a roster.
  await put(openCause([], { subject: keyOf("192.0.2.40"), due }));
  await as("Tick", () => tick(scheduled(Date.now())));
  expectExactly("Tick");
});

it("Notify", async () => {
  const pass = () => as("Notify", () => notify(sqsEvent("outbox", ["{}"])));
  const acme = customerOf("acme", { contacts: [{ email: null, sms: "+15005550006" }] });
  await aws.store.config.putCustomers([acme]);
  const own = { ...openCause([]).context, customer: "acme", customers: 1 };
  const subject = "192.0.2.20:25";
  const opening = owed({ subject, at: Date.now(), context: own });
  await put(openCause([opening], { subject, context: own }));
  await pass();
  // Nobody acknowledged it: second contacts.
  const escalated = owed(
    { subject, at: Date.now(), kind: "escalated", id: "CM-7F3A·2", context: own },
    { reach: { over: 0, upTo: 30 * minute } },
  );
  await put(openCause([escalated], { subject, context: own }));
  // Told of its end, nothing is left of another.
  const gone = "192.0.2.21:25";
  await put(
    almostSpent(gone, {
      outbox: [owed({ subject: gone, at: Date.now(), kind: "recovered", id: "CM-7F3B·2", incident: "CM-7F3B" })],
    }),
  );
  // And one is looked at again first.
  const doubted = keyOf("192.0.2.9");
  const at = Date.now() - 20 * minute;
  const slot = { slice: 50, slot: 0, vantage: "here" };
  const votes = [{ at, cycle: 1, round: 0, vantage: "here", answer: "bad" } as const];
  const standing = openCause([owed({ subject: doubted, at, kind: "worse", id: "CM-7F3A·2" })], {
    subject: doubted,
    votes,
  });
  await put({ ...standing, context: { ...standing.context, slot } });
  // Two that opened at about the same time may have something in common.
  for (const address of ["192.0.2.50", "192.0.2.51"]) {
    const { incident, ...cause } = openCause([owed({ subject: keyOf(address), at: Date.now() })], {
      subject: keyOf(address),
    });
    await put({ ...cause, incident: incident && { ...incident, openedAt: Date.now() } });
  }
  later(minute);
  await pass();
  expectExactly("Notify");
});

it("Contacts", async () => {
  aws.subscriptions.push({ protocol: "email", endpoint: "it@acme.example", arn: `${arn("operators")}:1` });
  await as("Contacts", () => contacts());
  aws.subscriptions.length = 0;
  await as("Contacts", () => contacts());
  // Taken off on purpose: somebody acknowledged it.
  const { value, version } = await aws.store.state.cause("deaf", "sns:email:it@acme.example");
  const incident = value?.incident && { ...value.incident, acknowledged: { at: Date.now(), by: "ops" } };
  await aws.store.state.putCause({ value: { ...value, incident } as Cause, version });
  later(2 * hour);
  await as("Contacts", () => contacts());
  expect((await aws.store.state.cause("deaf", "sns:email:it@acme.example")).value).toMatchObject({ state: "clear" });
  expectExactly("Contacts");
});

it("StatusApi", async () => {
  const token = "a-token-of-the-operator";
  await aws.store.config.putToken(createHash("sha256").update(token).digest("hex"), { customer: null, createdAt: 0 });
  await put(openCause([], { subject: "192.0.2.30:25" }));
  const ask = async (method: string, path: string, body?: string) => {
    const type = { "content-type": path.startsWith("/v1") ? "application/json" : "application/x-www-form-urlencoded" };
    const own = {
      authorization: `Bearer ${token}`,
      cookie: `chainmail=${token}`,
      origin: "https://status.example",
      ...type,
    };
    const request = { ...httpRequest(method, path, own), ...(body !== undefined && { body }) };
    const { statusCode } = await as("StatusApi", () => status(request as unknown as Parameters<typeof status>[0]));
    expect([path, statusCode]).toEqual([path, 200]);
  };
  for (const path of [
    "/v1/fleet",
    "/v1/customers/acme",
    "/v1/customers/acme/history",
    "/v1/incidents",
    "/subscriptions",
  ])
    await ask("GET", path);
  await ask("POST", "/v1/incidents/CM-7F3A/acknowledge", "{}");
  for (const topic of ["operators", "second"]) {
    const link = `https://sns.eu-central-1.amazonaws.com/confirmation.html?TopicArn=${arn(topic)}&Token=${"2336412f37".repeat(20)}`;
    await ask("POST", "/subscriptions", new URLSearchParams({ link }).toString());
  }
  expectExactly("StatusApi");
});

it("is of every function that there is", () => {
  const functions = Object.keys(synthesized(everybody).template.findResources("AWS::Lambda::Function"));
  expect([...did.keys()].toSorted()).toEqual(functions.map((id) => id.replace(/Function\w{8}$/, "")).toSorted());
});
