/** Job queue of a vantage → results queue. Knows no table: what it saw is all that it has to say. */

import { setTimeout as sleep } from "node:timers/promises";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
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

export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  return recordsAtOnce(event, { step: "probe", parse: parseJob, work });
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
