/** The whole fleet in numbers, for the operator. */

import type { Customer } from "../model/customer.ts";
import { isDrill } from "../model/drill.ts";
import type { Sight } from "../model/sight.ts";
import { type Verdict, verdicts } from "../model/verdict.ts";
import { outlooksIn } from "../steps/outlook.ts";
import { sightOf } from "../steps/sight-of.ts";
import type { Store } from "../store/store.ts";
import { createGatherer } from "./gather.ts";
import type { FleetJson } from "./json/schemas.ts";
import { iso } from "./json/time.ts";
import { judgeGathered, type LoadOptions } from "./load.ts";

/** Customers judged together: what they share is read once, and memory stays flat. */
const chunk = 100;
/** A page must not take longer than an HTTP API waits (30 s): what isn't judged by then is only counted. */
const judgeForMs = 8_000;
const worstShown = 100;

/** Verdicts of all customers, the worst of them by name, open incidents, the last cycle, and what each vantage looks at. */
export async function loadFleet(store: Store, { now, everyMs }: LoadOptions): Promise<FleetJson> {
  const [tally, causes, cycle, slices] = await Promise.all([
    tallyCustomers(store, { now, everyMs }),
    store.state.activeCauses(),
    store.state.lastCycle(),
    store.state.slices(),
  ]);
  const open = causes.flatMap(({ value }) =>
    value.incident?.endedAt === null && !isDrill(value) ? [value.incident] : [],
  );
  const vantages = Map.groupBy(slices, ({ vantage }) => vantage);
  const ids = outlooksIn(slices).map(({ vantage }) => vantage);
  return {
    asOf: iso(cycle?.at ?? null),
    everySeconds: everyMs / 1000,
    ...tally,
    incidents: { open: open.length, unacknowledged: open.filter(({ acknowledged }) => acknowledged === null).length },
    lastCycle: cycle === undefined ? null : { cycle: cycle.cycle, at: iso(cycle.at) },
    vantages: await Promise.all(
      ids.map(async (id) => ({
        id,
        targets: (vantages.get(id) ?? []).flatMap(({ entries }) => entries.filter((entry) => entry !== null)).length,
        ...sightJson(await sightOf(store, id), now()),
      })),
    ),
  };
}

function sightJson(
  sight: Sight | null,
  now: number,
): Pick<FleetJson["vantages"][number], "sight" | "since" | "why" | "trusted"> {
  if (sight === null) return { sight: "sighted", since: null, why: null, trusted: null };
  const { state, since, why, trustedBy, trustedUntil } = sight;
  const isOff = state !== "sighted";
  return {
    sight: state,
    since: isOff ? iso(since) : null,
    why: isOff ? why : null,
    trusted: trustedBy !== null && now < trustedUntil ? { until: iso(trustedUntil), by: trustedBy } : null,
  };
}

async function tallyCustomers(
  store: Store,
  { now, everyMs }: LoadOptions,
): Promise<Pick<FleetJson, "customers" | "worst">> {
  const gatherer = await createGatherer(store, "deciding");
  const byVerdict = Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  const named = new Map<Verdict, string[]>(verdicts.map((verdict) => [verdict, []]));
  const until = now() + judgeForMs;
  let total = 0;
  let judged = 0;

  async function judge(customers: readonly Customer[]): Promise<void> {
    if (now() > until) return;
    for (const gathered of await gatherer.gather(customers)) {
      const { id, verdict } = judgeGathered(gathered, now(), everyMs);
      byVerdict[verdict] += 1;
      judged += 1;
      const ids = named.get(verdict) ?? [];
      if (ids.length < worstShown) ids.push(id);
    }
  }

  let waiting: Customer[] = [];
  for await (const customer of store.config.customers()) {
    total += 1;
    waiting.push(customer);
    if (waiting.length < chunk) continue;
    await judge(waiting);
    waiting = [];
  }
  await judge(waiting);

  const worst = verdicts.flatMap((verdict) => (named.get(verdict) ?? []).sort().map((id) => ({ id, verdict })));
  return { customers: { total, judged, byVerdict }, worst: worst.slice(0, worstShown) };
}
