/** Is the watcher alive? For load balancers and other watchers; needs no token and tells nothing of any customer. */

import { Hono } from "hono";
import type { SightState } from "../../model/sight.ts";
import { vantagesIn } from "../../steps/outlook.ts";
import { sightOf } from "../../steps/sight-of.ts";
import type { Store } from "../../store/store.ts";
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
    const sight = await countSight(store).catch(() => null);
    const age = now() - (last.at ?? startedAt);
    const well = last.readable && age <= lateCycles * everyMs;
    const body = {
      status: well ? "ok" : "failing",
      store: last.readable ? "readable" : "unreadable",
      lastCycle: iso(last.at),
      ageSeconds: last.at === null ? null : Math.round(age / 1000),
      // By number: an id may be a customer's name.
      vantages: sight,
      version,
    };
    return c.json(body, well ? 200 : 503, { "Cache-Control": "no-store" });
  });
  return health;
}

/** How many vantages see, are doubted, are blind. Our being blind doesn't make the watcher dead. */
async function countSight(store: Store): Promise<Readonly<Record<SightState, number>>> {
  const ids = await vantagesIn(store);
  const states = await Promise.all(ids.map(async (id) => (await sightOf(store, id))?.state ?? "sighted"));
  const count = (state: SightState) => states.filter((each) => each === state).length;
  return { sighted: count("sighted"), doubtful: count("doubtful"), blind: count("blind") };
}
