/** EventBridge Scheduler, in every minute → what only the clock brings; `notify` is woken in any case, for what is owed since longer. */

import { tick } from "../lib/steps/tick.ts";
import { systemClock } from "../lib/world/clock.ts";
import { intervalMs } from "../lib/world/environment.ts";
import { sendJobs, wakeNotify } from "./clients.ts";
import { heartbeat, log } from "./log.ts";
import { parseSchedule } from "./messages.ts";
import { store } from "./store.ts";

export async function handler(event: unknown): Promise<void> {
  parseSchedule(event);
  const jobs = await tick({ store: store(), now: systemClock, everyMs: intervalMs() });
  for (const vantage of await sendJobs(jobs)) log("tick", "error", "nobody looks from this vantage", { vantage });
  await wakeNotify();
  heartbeat("tick");
}
