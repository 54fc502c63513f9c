/** Job queue of a vantage → results queue. Knows no table: what it saw is all that it has to say. */

import { isIP } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Check } from "../lib/model/check.ts";
import type { ScanJob } from "../lib/model/deep-scan.ts";
import type { ProbeJob } from "../lib/model/jobs.ts";
import { traceOf, traceOfScan } from "../lib/model/trace.ts";
import { createTlsKit } from "../lib/protocols/tls/kit.ts";
import { loadRoots } from "../lib/protocols/x509/roots.ts";
import { createLanes } from "../lib/steps/lanes.ts";
import { createPacer } from "../lib/steps/pacer.ts";
import { type ProbeWorld, probe } from "../lib/steps/probe.ts";
import { systemClock } from "../lib/world/clock.ts";
import { createDialler } from "../lib/world/dialler.ts";
import { defaultEhloName } from "../lib/world/ehlo-name.ts";
import { optionalFromEnvironment } from "../lib/world/environment.ts";
import { recordsAtOnce, type Worked } from "./batch.ts";
import { resultsQueue } from "./clients.ts";
import { parseJob } from "./messages.ts";
import { once } from "./once.ts";

/** Of one probe, ms. */
const timeoutMs = 30_000;

const world = once(
  (): ProbeWorld => ({
    dial: createDialler({ closedPorts: optionalFromEnvironment("closedPorts")?.split(",").map(Number) ?? [] }),
    clock: { now: systemClock, monotonic: () => performance.now() },
    tls: createTlsKit(loadRoots()),
    lanes: createLanes(),
    ehloName: optionalFromEnvironment("ehlo") ?? defaultEhloName(),
    timeoutMs,
  }),
);

const pacer = once(() => createPacer({ monotonic: () => performance.now(), sleep: (ms) => sleep(ms) }));

/** Jobs, or the question how this function leaves: `{ "doctor": true }`, by `aws lambda invoke` or `chainmail deploy-check`. */
export async function handler(event: SQSEvent | Question): Promise<SQSBatchResponse | Answer> {
  if (!("Records" in event)) return { v: 1, checks: await lookOutside() };
  return recordsAtOnce(event, { step: "probe", parse: parseJob, work });
}

interface Question {
  readonly doctor: true;
}

interface Answer {
  readonly v: 1;
  readonly checks: readonly Check[];
}

const addressUrl = "https://checkip.amazonaws.com/";

async function lookOutside(): Promise<readonly Check[]> {
  const [{ examineEgress }, { createResolver }, { publicDomains }] = await Promise.all([
    import("../lib/steps/egress.ts"),
    import("../lib/world/resolver.ts"),
    import("../lib/steps/port25.ts"),
  ]);
  const { dial, ehloName } = world();
  return examineEgress({
    resolver: createResolver({ servers: [], now: systemClock }),
    dial,
    ehloName,
    publicDomains,
    ownAddress: async () => {
      const answer = await fetch(addressUrl, { signal: AbortSignal.timeout(5_000) });
      const address = (await answer.text()).slice(0, 64).trim();
      if (isIP(address) === 0) throw new Error("no address came");
      return address;
    },
    closedBecause: optionalFromEnvironment("closedPorts")?.split(",").includes("25")
      ? "closed: this vantage is blind for port 25 and looks at other ports; the Port25 output says what to do next"
      : null,
  });
}

async function work(job: ProbeJob | ScanJob): Promise<Worked> {
  if (job.v === 4) return await scan(job);
  const results = await probe(job, world());
  await resultsQueue().send(results.map((part) => ({ body: JSON.stringify(part), delaySeconds: 0 })));
  return { trace: traceOf(job), counts: { looks: job.tasks.length } };
}

async function scan(job: ScanJob): Promise<Worked> {
  // Its tables take their time to load, and most functions look only.
  const { deepProbe } = await import("../lib/steps/deep-probe.ts");
  const results = await deepProbe(job, { ...world(), pacer: pacer() });
  await resultsQueue().send(results.map((part) => ({ body: JSON.stringify(part), delaySeconds: 0 })));
  return { trace: traceOfScan({ ...job, answers: job.tasks }), counts: { scans: job.tasks.length } };
}
