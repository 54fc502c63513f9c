/** EventBridge Scheduler, in every cycle → one job per slice in the queue of its vantage. */

import { plan } from "../lib/steps/plan.ts";
import { systemClock } from "../lib/world/clock.ts";
import { intervalMs } from "../lib/world/environment.ts";
import { sendJobs } from "./clients.ts";
import { heartbeat, log, measure } from "./log.ts";
import { parseSchedule } from "./messages.ts";
import { store } from "./store.ts";

export async function handler(event: unknown): Promise<void> {
  const everyMs = intervalMs();
  const cycle = Math.floor(parseSchedule(event, systemClock) / everyMs);
  const { claimed, jobs, scans } = await plan({ store: store(), now: systemClock }, cycle, everyMs);
  for (const vantage of await sendJobs([...jobs, ...scans]))
    log("plan", "error", "nobody looks from this vantage", { vantage });
  log("plan", "info", claimed ? "planned" : "planned already", { cycle, jobs: jobs.length, scans: scans.length });
  // One look at each target; further names are looked at beside it.
  if (claimed) measure("Planned", jobs.flatMap(({ job }) => job.tasks).filter(({ identity }) => !identity).length);
  heartbeat("plan");
}
