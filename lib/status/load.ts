/** A customer's status: read, then judged at this moment. Verdicts are never stored. */

import { judgeCustomer } from "../judge/chain.ts";
import type { Clock } from "../model/ports.ts";
import type { CustomerStatus } from "../model/status.ts";
import { unsubscribedOf } from "../steps/unsubscribe.ts";
import type { Store } from "../store/store.ts";
import { createGatherer, type Gathered, placeOf } from "./gather.ts";

export interface LoadOptions {
  readonly now: Clock;
  readonly everyMs: number;
}

export interface LoadedCustomer {
  readonly gathered: Gathered;
  readonly status: CustomerStatus;
  /** Epoch ms when the last cycle began; null before the first. */
  readonly asOf: number | null;
  /** Its contacts that unsubscribed. */
  readonly unsubscribed: readonly string[];
}

/** `undefined` where there is no such customer. */
export async function loadCustomerStatus(
  store: Store,
  customerId: string,
  options: LoadOptions,
): Promise<CustomerStatus | undefined> {
  return (await loadCustomer(store, customerId, options))?.status;
}

/** The same with what it was judged from. */
export async function loadCustomer(
  store: Store,
  customerId: string,
  { now, everyMs }: LoadOptions,
): Promise<LoadedCustomer | undefined> {
  const customer = await store.config.customer(customerId);
  if (customer === undefined) return undefined;
  const gatherer = await createGatherer(store);
  const [[gathered], cycle, unsubscribed] = await Promise.all([
    gatherer.gather([customer]),
    store.state.lastCycle(),
    unsubscribedOf(store, customer.contacts),
  ]);
  if (gathered === undefined) return undefined;
  return { gathered, status: judgeGathered(gathered, now(), everyMs), asOf: cycle?.at ?? null, unsubscribed };
}

/** What was gathered, judged at `now` (epoch ms). */
export function judgeGathered({ looks, ...facts }: Gathered, now: number, everyMs: number): CustomerStatus {
  const look = (key: string, vantage: string) => looks.get(placeOf(key, vantage));
  return judgeCustomer({ ...facts, look }, { now, everyMs });
}
