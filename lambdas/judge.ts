/** Results queue → state, causes, ledger; the looks that confirm go back to the probe. */

import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { QueuedResults } from "../lib/model/jobs.ts";
import { traceOf, traceOfScan } from "../lib/model/trace.ts";
import { judgeDrill } from "../lib/steps/drill/judge.ts";
import { judge } from "../lib/steps/judge.ts";
import { systemClock } from "../lib/world/clock.ts";
import { recordsInTurn, type Worked } from "./batch.ts";
import { sendJobs, vantages, wakeNotify } from "./clients.ts";
import { judging } from "./judging.ts";
import { heartbeat, log, measure } from "./log.ts";
import { parseResults } from "./messages.ts";
import { store } from "./store.ts";

export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  return recordsInTurn(event, { step: "judge", parse: parseResults, work });
}

async function work(results: QueuedResults): Promise<Worked> {
  if (results.v === 4) {
    const { judgeScans } = await import("../lib/steps/judge-scan.ts");
    const changed = await judgeScans(results, { store: store(), now: systemClock });
    for (const { target, words } of changed) log("judge", "info", "scan changed", { target, what: words.join(", ") });
    return { trace: traceOfScan(results), counts: { scans: results.answers.length, changed: changed.length } };
  }
  const world = await judging(vantages());
  if (results.v === 2) {
    await judgeDrill(results, world);
    const trace = traceOf({ ...results, slice: null });
    await wakeNotify({ trace });
    return { trace, counts: { drills: 1 } };
  }
  const { jobs, marked, tellsIn } = await judge(results, world);
  await sendJobs(jobs);
  // An opening waits a little for others of the same cause, and not for the minute's tick.
  const trace = traceOf(results);
  if (tellsIn !== null) await wakeNotify({ delaySeconds: Math.ceil(tellsIn / 1_000), trace });
  if (results.round > 0 && tellsIn !== 0) await wakeNotify({ trace });
  if (results.round === 0) measure("Looked", marked);
  heartbeat("judge");
  return {
    trace,
    counts: { answers: results.answers.length, confirming: jobs.length, owing: tellsIn === null ? 0 : 1 },
  };
}
