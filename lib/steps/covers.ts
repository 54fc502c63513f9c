/** What holds messages back, as it stands in the store: silences, maintenance windows, blind vantages, the breaker. */

import { breakerCover } from "../judge/breaker.ts";
import { coversOf } from "../judge/cover.ts";
import type { Cover } from "../model/cover.ts";
import { defaultVantage } from "../model/customer.ts";
import { isDrill } from "../model/drill.ts";
import type { Cause } from "../model/incident.ts";
import { isSeen } from "../model/seen.ts";
import type { Sight } from "../model/sight.ts";
import type { Store } from "../store/store.ts";
import { breakerOf } from "./breaker-document.ts";
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
  const ids = [defaultVantage, ...settings.vantages.map(({ id }) => id)];
  const sights = new Map(await Promise.all(ids.map(async (id) => [id, await sightOf(store, id)] as const)));
  return (cause, now) =>
    isDrill(cause)
      ? null
      : (coverOf(cause, now) ?? blindCover(cause, sights, now) ?? breakerCover(cause, breaker, now));
}

/** Looked at again after this long: when the vantage sees again, all that it held back is released. */
const blindHoldMs = 3_600_000;

/** What stands on the word of vantages alone that have lost their vote since. */
function blindCover(
  { class: cls, votes, state }: Cause,
  sights: ReadonlyMap<string, Sight | null>,
  now: number,
): Cover | null {
  if (state === "clear" || !isSeen[cls]) return null;
  const witnesses = new Set(votes.filter(({ answer }) => answer === "bad").map(({ vantage }) => vantage));
  const unsighted = [...witnesses].filter((id) => (sights.get(id)?.state ?? "sighted") !== "sighted");
  const [id] = unsighted;
  if (id === undefined || unsighted.length < witnesses.size) return null;
  // Its beginning and not now: the same hold is recorded once.
  const since = sights.get(id)?.since ?? now;
  const until = since + Math.ceil((now - since + 1) / blindHoldMs) * blindHoldMs;
  return { kind: "blind", id, reason: sights.get(id)?.why ?? "", by: null, until };
}
