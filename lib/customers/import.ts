/** Makes the file's fleet the one that is watched: the file is the whole truth, so who isn't in it is removed. */

import type { Customer, Fleet } from "../model/customer.ts";
import type { ConfigStore } from "../store/store.ts";
import { diffFleet, type FleetDiff, isEmpty } from "./diff.ts";

export interface ImportOptions {
  /** Change nothing. */
  readonly dryRun: boolean;
  /** Also when it removes more than a twentieth of the customers. */
  readonly yes: boolean;
  /** The file had errors: removes nobody, since whoever is missing may be among them. */
  readonly partial: boolean;
}

export type ImportResult =
  | { readonly kind: "imported" | "unchanged"; readonly diff: FleetDiff }
  /** Nothing was changed. `refusal`: why the import itself would be refused; null: it wouldn't. */
  | { readonly kind: "dry-run"; readonly diff: FleetDiff; readonly refusal: string | null }
  | { readonly kind: "refused"; readonly diff: FleetDiff; readonly refusal: string };

const mostRemoved = 0.05;

/** A second import of the same file changes nothing; so does an import after one that was cut off, but for what is missing. */
export async function importFleet(config: ConfigStore, fleet: Fleet, options: ImportOptions): Promise<ImportResult> {
  const found = await diffFleet(config, fleet);
  const diff = options.partial ? { ...found, removed: [] } : found;
  const refusal = options.yes ? null : refusalOf(diff);
  if (options.dryRun) return { kind: "dry-run", diff, refusal };
  if (refusal !== null) return { kind: "refused", diff, refusal };
  const unchanged = isEmpty(diff);
  await changing(config, !unchanged, async () => {
    if (diff.head.length > 0) {
      await config.putSettings(fleet.settings);
      await config.putGateways(fleet.gateways);
    }
    await config.putCustomers(touched(fleet, diff));
    await config.removeCustomers(diff.removed);
  });
  return { kind: unchanged ? "unchanged" : "imported", diff };
}

function refusalOf({ removed, before }: FleetDiff): string | null {
  if (removed.length <= before * mostRemoved) return null;
  return `it removes ${removed.length} of ${before} customers, more than 5 %: only with --yes`;
}

/** Stops watching these customers; ids that aren't there are answered. */
export async function removeFromFleet(config: ConfigStore, ids: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(ids.map((id) => config.customer(id)));
  const missing = ids.filter((_, at) => found[at] === undefined);
  if (missing.length === 0) await changing(config, true, () => config.removeCustomers(ids));
  return missing;
}

function* touched({ customers }: Fleet, { added, changed }: FleetDiff): Generator<Customer> {
  const ids = new Set([...added, ...changed.map(({ id }) => id)]);
  for (const customer of customers) if (ids.has(customer.id)) yield customer;
}

/**
 * The revision rises before and after the writes: an odd one tells that they were cut off, and the next import, though
 * it may find nothing left to write, makes it even again, so that the rosters are built of what stands there at last.
 */
async function changing(config: ConfigStore, hasWrites: boolean, write: () => Promise<void>): Promise<void> {
  const cutOff = (await config.revision()) % 2 === 1;
  if (!hasWrites && !cutOff) return;
  if (!cutOff) await config.bumpRevision();
  await write();
  await config.bumpRevision();
}
