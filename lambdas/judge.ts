/** Results queue → state, causes, ledger; the looks that confirm go back to the probe, and `notify` is woken. */

import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { ProbeResults } from "../lib/model/jobs.ts";
import { judge } from "../lib/steps/judge.ts";
import { systemClock } from "../lib/world/clock.ts";
import { intervalMs } from "../lib/world/environment.ts";
import { eachRecord } from "./batch.ts";
import { sendJobs, wakeNotify } from "./clients.ts";
import { heartbeat, log } from "./log.ts";
import { parseResults } from "./messages.ts";
import { store } from "./store.ts";

export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  return eachRecord("judge", event, parseResults, work);
}

async function work(results: ProbeResults): Promise<void> {
  const { jobs, owes } = await judge({ store: store(), now: systemClock, everyMs: intervalMs() }, results);
  for (const vantage of await sendJobs(jobs)) log("judge", "error", "nobody looks from this vantage", { vantage });
  if (owes) await wakeNotify();
  heartbeat("judge");
}
