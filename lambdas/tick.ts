/** EventBridge Scheduler, in every minute → what only the clock brings; then `notify` is woken, whoever owes something. */

import { drillTick } from "../lib/steps/drill/judge.ts";
import { oldestOwedMs } from "../lib/steps/oldest-owed.ts";
import { sightTick } from "../lib/steps/sight-follow.ts";
import { tick } from "../lib/steps/tick.ts";
import { systemClock } from "../lib/world/clock.ts";
import { sendJobs, vantages, wakeNotify } from "./clients.ts";
import { judging } from "./judging.ts";
import { heartbeat, log, measure } from "./log.ts";
import { parseSchedule } from "./messages.ts";

export async function handler(event: unknown): Promise<void> {
  parseSchedule(event, systemClock);
  const world = await judging(vantages());
  await drillTick(world);
  await sendJobs(await sightTick(world));
  const { jobs } = await tick(world);
  await sendJobs(jobs);
  await wakeNotify();
  const owedSeconds = Math.round((await oldestOwedMs(world.store, systemClock())) / 1000);
  log("tick", "info", "ticked", { jobs: jobs.length, owedSeconds });
  measure("OutboxAge", owedSeconds);
  heartbeat("tick");
}
