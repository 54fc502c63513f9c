/** The operator's word on scans, kept as a small document by `resolve`: `plan` has no right to read what people wrote. */

import type { FleetSettings } from "../model/customer.ts";
import { defaultScanSettings, type ScanSettings } from "../model/deep-scan.ts";
import type { Store } from "../store/store.ts";

const name = "scans";

/** Written where it changed. */
export async function keepScanSettings({ state }: Pick<Store, "state">, { scan }: FleetSettings): Promise<void> {
  const { value, version } = await state.document<ScanSettings>(name);
  const settings = { ...defaultScanSettings, ...scan };
  const isUsual = JSON.stringify(settings) === JSON.stringify(defaultScanSettings);
  if (value === null && isUsual) return;
  if (JSON.stringify(value) !== JSON.stringify(settings)) await state.putDocument(name, { value: settings, version });
}

export async function scanSettingsOf({ state }: Pick<Store, "state">): Promise<ScanSettings> {
  return (await state.document<ScanSettings>(name)).value ?? defaultScanSettings;
}
