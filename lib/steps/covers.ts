/** What holds messages back, as it stands in the store: silences, maintenance windows, blind vantages, the breaker. */

import { breakerCover } from "../judge/breaker.ts";
import { coversOf } from "../judge/cover.ts";
import { blindCover } from "../judge/sight/cover.ts";
import type { Cover } from "../model/cover.ts";
import { isDrill } from "../model/drill.ts";
import type { Cause } from "../model/incident.ts";
import type { Store } from "../store/store.ts";
import { breakerOf } from "./breaker-document.ts";
import { vantagesIn } from "./outlook.ts";
import { sightOf } from "./sight-of.ts";

/** What keeps back the messages of a cause at a time (epoch ms); null: nothing. */
export type CoverNow = (cause: Cause, now: number) => Cover | null;

/** A drill is told whatever is silenced: somebody asked for it just now, to see whom it reaches. */
export async function coversNow(store: Pick<Store, "config" | "state">): Promise<CoverNow> {
  const { config } = store;
  const [silences, settings, { value: breaker }] = await Promise.all([
    config.silences(),
    config.settings(),
    breakerOf(store),
  ]);
  const coverOf = coversOf(silences, settings.windows);
  const ids = await vantagesIn(store);
  const sights = new Map(await Promise.all(ids.map(async (id) => [id, await sightOf(store, id)] as const)));
  return (cause, now) =>
    isDrill(cause)
      ? null
      : (coverOf(cause, now) ?? blindCover(cause, sights, now) ?? breakerCover(cause, breaker, now));
}
