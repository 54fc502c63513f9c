/** Where each vantage looks, kept as a small document by `resolve`: for those who must not read every slice to know it. */

import { defaultVantage } from "../model/customer.ts";
import type { Slice } from "../model/roster.ts";
import type { Outlook } from "../model/sight.ts";
import { targetKey } from "../model/target.ts";
import type { Store } from "../store/store.ts";

const name = "outlook";

/** One for each vantage that has targets, in the order of their ids. */
export function outlooksIn(slices: readonly Slice[]): readonly Outlook[] {
  const inUse = slices.filter(({ entries }) => entries.some((entry) => entry !== null));
  return [...Map.groupBy(inUse, ({ vantage }) => vantage)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([vantage, own]) => ({
      vantage,
      slices: own.map(({ number }) => number).sort((a, b) => a - b),
      canaries: own.flatMap(({ number: slice, entries }) =>
        entries.flatMap((entry, slot) => (entry?.canary ? [{ slice, slot, key: targetKey(entry.target) }] : [])),
      ),
    }));
}

/** Written where it changed. Whoever gets in between wrote a roster that is as new. */
export async function keepOutlooks({ state }: Pick<Store, "state">, slices: readonly Slice[]): Promise<void> {
  const { value, version } = await state.document<readonly Outlook[]>(name);
  const outlooks = outlooksIn(slices);
  if (JSON.stringify(value) !== JSON.stringify(outlooks)) await state.putDocument(name, { value: outlooks, version });
}

/** Reads every slice once after an upgrade, until `resolve` has run. */
export async function outlooksOf({ state }: Pick<Store, "state">): Promise<readonly Outlook[]> {
  return (await state.document<readonly Outlook[]>(name)).value ?? outlooksIn(await state.slices());
}

export async function hasOutlooks({ state }: Pick<Store, "state">): Promise<boolean> {
  return (await state.document<readonly Outlook[]>(name)).value !== null;
}

/** All that there are: on AWS the stack's stand in no customers file, but on the roster. */
export async function vantagesIn(store: Pick<Store, "config" | "state">): Promise<readonly string[]> {
  const [{ vantages }, outlooks] = await Promise.all([store.config.settings(), outlooksOf(store)]);
  return [...new Set([defaultVantage, ...vantages.map(({ id }) => id), ...outlooks.map(({ vantage }) => vantage)])];
}
