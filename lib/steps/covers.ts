/** The silences and maintenance windows as they stand in the store. */

import { type CoverOf, coversOf } from "../judge/cover.ts";
import type { Store } from "../store/store.ts";

export async function coversNow({ config }: Pick<Store, "config">): Promise<CoverOf> {
  const [silences, { windows }] = await Promise.all([config.silences(), config.settings()]);
  return coversOf(silences, windows);
}
