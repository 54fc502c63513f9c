/** Results queue → state, causes, ledger; the looks that confirm go back to the probe. */

import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { QueuedResults } from "../lib/model/jobs.ts";
import { judgeDrill } from "../lib/steps/drill/judge.ts";
import { judge } from "../lib/steps/judge.ts";
import { systemClock } from "../lib/world/clock.ts";
import { recordsInTurn } from "./batch.ts";
import { sendJobs, vantages, wakeNotify } from "./clients.ts";
import { judging } from "./judging.ts";
import { heartbeat, log, measure } from "./log.ts";
import { parseResults } from "./messages.ts";
import { store } from "./store.ts";

export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  return recordsInTurn(event, { step: "judge", parse: parseResults, work });
}

async function work(results: QueuedResults): Promise<void> {
  if (results.v === 4) {
    const { judgeScans } = await import("../lib/steps/judge-scan.ts");
    for (const { target, words } of await judgeScans(results, { store: store(), now: systemClock })) {
      log("judge", "info", "scan changed", { target, what: words.join(", ") });
    }
    return;
  }
  const world = await judging(vantages());
  if (results.v === 2) {
    await judgeDrill(results, world);
    await wakeNotify();
    return;
  }
  const { jobs, marked, tellsIn } = await judge(results, world);
  await sendJobs(jobs);
  // An opening waits a little for others of the same cause, and not for the minute's tick.
  if (tellsIn !== null) await wakeNotify(Math.ceil(tellsIn / 1_000));
  if (results.round > 0 && tellsIn !== 0) await wakeNotify();
  if (results.round === 0) measure("Looked", marked);
  heartbeat("judge");
}
