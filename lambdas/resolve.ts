/** EventBridge Scheduler, in every cycle → what DNS says of every domain, and the roster of targets. */

import { judgeGone } from "../lib/steps/judge-gone.ts";
import { resolve } from "../lib/steps/resolve.ts";
import { systemClock } from "../lib/world/clock.ts";
import { intervalMs, optionalFromEnvironment } from "../lib/world/environment.ts";
import { createResolvers } from "../lib/world/resolver.ts";
import { judging } from "./judging.ts";
import { heartbeat, log } from "./log.ts";
import { parseSchedule } from "./messages.ts";
import { once } from "./once.ts";
import { store } from "./store.ts";

/** For the life of a container, with its cache. */
const resolvers = once(() =>
  createResolvers({ servers: optionalFromEnvironment("resolvers")?.split(",") ?? [], now: systemClock }),
);

export async function handler(event: unknown): Promise<void> {
  const everyMs = intervalMs();
  const cycle = Math.floor(parseSchedule(event, systemClock) / everyMs);
  const vantages = optionalFromEnvironment("vantages")?.split(",") ?? [];
  const report = await resolve({ store: store(), ...resolvers(), now: systemClock, vantages }, cycle, everyMs);
  await judgeGone(report.gone, cycle, await judging([]));
  log("resolve", "info", "resolved", { cycle, ...report, gone: report.gone.length });
  heartbeat("resolve");
}
