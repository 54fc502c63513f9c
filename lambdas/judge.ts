/** Results queue → state, causes, ledger; the looks that confirm go back to the probe. */

import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { ProbeResults } from "../lib/model/jobs.ts";
import { judge } from "../lib/steps/judge.ts";
import { recordsInTurn } from "./batch.ts";
import { sendJobs, vantages, wakeNotify } from "./clients.ts";
import { judging } from "./judging.ts";
import { heartbeat } from "./log.ts";
import { parseResults } from "./messages.ts";

export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  return recordsInTurn(event, { step: "judge", parse: parseResults, work });
}

async function work(results: ProbeResults): Promise<void> {
  const { jobs } = await judge(results, await judging(vantages()));
  await sendJobs(jobs);
  // A loss is told when a second look confirms it; what else is owed can wait for the tick.
  if (results.round > 0) await wakeNotify();
  heartbeat("judge");
}
