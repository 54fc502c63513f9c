/** EventBridge Scheduler, in every minute → what only the clock brings; then `notify` is woken, whoever owes something. */

import { tick } from "../lib/steps/tick.ts";
import { systemClock } from "../lib/world/clock.ts";
import { sendJobs, vantages, wakeNotify } from "./clients.ts";
import { judging } from "./judging.ts";
import { heartbeat } from "./log.ts";
import { parseSchedule } from "./messages.ts";

export async function handler(event: unknown): Promise<void> {
  parseSchedule(event, systemClock);
  const { jobs } = await tick(await judging(vantages()));
  await sendJobs(jobs);
  await wakeNotify();
  heartbeat("tick");
}
