/** Vantages that the installation brings, and no customers file has to name: on AWS those of the stack's further regions. */

import type { FleetSettings, VantageConfig } from "../model/customer.ts";
import type { Store, Versioned } from "../store/store.ts";

const name = "vantages";

/** As `resolve` kept them when it last built the rosters. */
export async function keptVantages({ state }: Pick<Store, "state">): Promise<Versioned<readonly string[]>> {
  const { value, version } = await state.document<readonly string[]>(name);
  return { value: value ?? [], version };
}

export async function keepVantages({ state }: Pick<Store, "state">, kept: Versioned<readonly string[]>): Promise<void> {
  await state.putDocument(name, kept);
}

/** They see the internet, unless the customers file says otherwise of the same id. */
export function withInstalled(settings: FleetSettings, installed: readonly string[]): FleetSettings {
  const named = new Set(settings.vantages.map(({ id }) => id));
  const further = installed
    .filter((id) => !named.has(id))
    .map((id): VantageConfig => ({ id, sourceAddress: null, sees: "internet" }));
  return { ...settings, vantages: [...settings.vantages, ...further] };
}
