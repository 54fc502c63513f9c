/** Who isn't told for want of a channel, said once when a process starts: what isn't configured is no incident. */

import type { Customer } from "../model/customer.ts";
import type { ConfigStore } from "../store/store.ts";
import type { Texter } from "../world/channels/phones.ts";
import { isNobodyTold, nobodyTold, unreached, withPhones } from "./doctor-contacts.ts";

/** A line each. `texter` is asked for only where somebody has a phone. */
export async function untold(
  config: Pick<ConfigStore, "settings" | "customers">,
  texter: () => Promise<Texter | null>,
): Promise<readonly string[]> {
  const { notify } = await config.settings();
  const customers: Pick<Customer, "id" | "contacts">[] = [];
  for await (const { id, contacts } of config.customers()) if (contacts.length > 0) customers.push({ id, contacts });
  const phones = withPhones(customers).length > 0 && (await texter()) !== null;
  const contacts = unreached(notify, customers, { topic: false, phones });
  return [
    ...(isNobodyTold(notify) ? [`beside this terminal ${nobodyTold}`] : []),
    ...contacts.map(({ name, words }) => `${name}: ${words}`),
  ];
}
