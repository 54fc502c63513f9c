/** Is the watcher alive? For load balancers and other watchers; needs no token and tells nothing of any customer. */

import { Hono } from "hono";
import type { StatusContext, StatusEnv } from "../context.ts";
import { iso } from "../json/time.ts";

/** Cycles that may be missing before the watcher counts as dead. */
const lateCycles = 3;

/**
 * 200 while the store can be read and the last cycle began less than three intervals ago. Before the first cycle that
 * time counts from the app's own start.
 */
export function healthRoute({ store, now, everyMs, version }: StatusContext): Hono<StatusEnv> {
  const startedAt = now();
  const health = new Hono<StatusEnv>();
  health.get("/", async (c) => {
    const last = await store.state.lastCycle().then(
      (cycle) => ({ readable: true, at: cycle?.at ?? null }),
      () => ({ readable: false, at: null }),
    );
    const age = now() - (last.at ?? startedAt);
    const well = last.readable && age <= lateCycles * everyMs;
    const body = {
      status: well ? "ok" : "failing",
      store: last.readable ? "readable" : "unreadable",
      lastCycle: iso(last.at),
      ageSeconds: last.at === null ? null : Math.round(age / 1000),
      version,
    };
    return c.json(body, well ? 200 : 503, { "Cache-Control": "no-store" });
  });
  return health;
}
