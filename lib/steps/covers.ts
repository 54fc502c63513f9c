/** The silences and maintenance windows as they stand in the store. */

import { type CoverOf, coversOf } from "../judge/cover.ts";
import { isDrill } from "../model/drill.ts";
import type { Store } from "../store/store.ts";

/** A drill is told whatever is silenced: somebody asked for it just now, to see whom it reaches. */
export async function coversNow({ config }: Pick<Store, "config">): Promise<CoverOf> {
  const [silences, { windows }] = await Promise.all([config.silences(), config.settings()]);
  const coverOf = coversOf(silences, windows);
  return (cause, now) => (isDrill(cause) ? null : coverOf(cause, now));
}
