/** Job queue of a vantage → results queue. Knows no table: what it saw is all that it has to say. */

import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { ProbeJob } from "../lib/model/jobs.ts";
import { createTlsKit } from "../lib/protocols/tls/kit.ts";
import { loadRoots } from "../lib/protocols/x509/roots.ts";
import { createLanes } from "../lib/steps/lanes.ts";
import { type ProbeWorld, probe } from "../lib/steps/probe.ts";
import { systemClock } from "../lib/world/clock.ts";
import { createDialler } from "../lib/world/dialler.ts";
import { defaultEhloName } from "../lib/world/ehlo-name.ts";
import { optionalFromEnvironment } from "../lib/world/environment.ts";
import { recordsAtOnce } from "./batch.ts";
import { resultsQueue } from "./clients.ts";
import { log } from "./log.ts";
import { parseJob } from "./messages.ts";
import { once } from "./once.ts";

/** Of one probe, ms. */
const timeoutMs = 30_000;

const world = once(
  (): ProbeWorld => ({
    dial: createDialler({}),
    clock: { now: systemClock, monotonic: () => performance.now() },
    tls: createTlsKit(loadRoots()),
    lanes: createLanes(),
    ehloName: optionalFromEnvironment("ehlo") ?? defaultEhloName(),
    timeoutMs,
  }),
);

export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  return recordsAtOnce(event, { step: "probe", parse: parseJob, work });
}

async function work(job: ProbeJob): Promise<void> {
  const results = await probe(job, world());
  await resultsQueue().send(results.map((part) => ({ body: JSON.stringify(part), delaySeconds: 0 })));
  log("probe", "info", "looked", { cycle: job.cycle, slice: job.slice, round: job.round, tasks: job.tasks.length });
}
