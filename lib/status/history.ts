/** What changed for a customer, and how often TLS was there, day by day. */

import type { Clock } from "../model/ports.ts";
import { targetKey } from "../model/target.ts";
import { sightSubject } from "../steps/sight-of.ts";
import type { Store } from "../store/store.ts";
import { placeOf } from "./gather.ts";
import { historyEventJson, hopAvailabilityJson } from "./json/history.ts";
import type { HistoryEventJson, HistoryJson, HopAvailabilityJson } from "./json/schemas.ts";
import type { LoadedCustomer } from "./load.ts";
import type { Page } from "./query.ts";

/** Events of one subject that are looked back upon: they are written on change, so that is long ago. */
const lookBack = 500;

export async function loadHistory(
  store: Store,
  loaded: LoadedCustomer,
  page: Page,
  { now, everyMs }: { readonly now: Clock; readonly everyMs: number },
): Promise<HistoryJson> {
  const [availability, events] = await Promise.all([
    loadAvailability(store, loaded, now(), everyMs),
    loadEvents(store, loaded),
  ]);
  return { id: loaded.status.id, availability, ...cut(events, page) };
}

async function loadAvailability(
  { ledger }: Store,
  { gathered }: LoadedCustomer,
  now: number,
  everyMs: number,
): Promise<HopAvailabilityJson[]> {
  const { reaches, states } = gathered;
  const hops = Map.groupBy(reaches, ({ hop }) => hop);
  const rows = [...hops].map(async ([hop, own]) => {
    const places = Map.groupBy(own, ({ target, vantage }) => placeOf(targetKey(target), vantage));
    const targets = await Promise.all(
      [...places].map(async ([place, ways]) => {
        const state = states.get(place);
        const counts = state === undefined ? [] : await ledger.days(state.slice, state.slot, now, everyMs);
        return { ways, counts };
      }),
    );
    return hopAvailabilityJson(hop, targets);
  });
  return Promise.all(rows);
}

/** Newest first. */
async function loadEvents({ ledger }: Store, { gathered }: LoadedCustomer): Promise<readonly HistoryEventJson[]> {
  const { reaches, domains, hosts } = gathered;
  const subjects = new Set([
    ...reaches.map(({ target }) => targetKey(target)),
    ...reaches.map(({ vantage }) => sightSubject(vantage)),
    ...domains.keys(),
    ...hosts.keys(),
  ]);
  const events = await Promise.all(
    [...subjects].map(async (subject) =>
      (await ledger.events(subject, lookBack)).map((event) => historyEventJson(subject, event)),
    ),
  );
  return events.flat().sort((a, b) => b.at.localeCompare(a.at));
}

/** One page; events of the same moment stay together, so that none is skipped between two pages. */
function cut(events: readonly HistoryEventJson[], { limit, before }: Page): Pick<HistoryJson, "events" | "next"> {
  const older = events.filter(({ at }) => Date.parse(at) < before);
  const last = older[limit - 1];
  const shown = last === undefined ? older : older.filter(({ at }) => at >= last.at);
  return { events: [...shown], next: last === undefined || shown.length === older.length ? null : last.at };
}
