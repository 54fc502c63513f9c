/** A vantage that nobody looks from any more is not blind: nothing would ever say that it sees again. */

import { forgotten } from "../judge/sight.ts";
import { isDrill } from "../model/drill.ts";
import type { Cause } from "../model/incident.ts";
import { type CastWorld, endCause } from "./cast.ts";
import { outlooksOf } from "./outlook.ts";
import { releaseHeld } from "./release.ts";
import { changeSight } from "./sight-of.ts";

/** Its incident ends as gone. Its sight first: a crash in between leaves the cause, which brings us here again. */
export async function forgetUnused(active: readonly Cause[], world: CastWorld): Promise<void> {
  const blind = active.filter((cause) => cause.class === "blind" && !isDrill(cause));
  if (blind.length === 0) return;
  const { store, now } = world;
  const inUse = new Set((await outlooksOf(store)).map(({ vantage }) => vantage));
  for (const { subject } of blind) {
    if (inUse.has(subject)) continue;
    await changeSight(store, subject, (sight) =>
      sight.state === "sighted" && !sight.told ? sight : forgotten(sight, now),
    );
    // What it held back goes by the word of those that are left.
    await releaseHeld(store, () => now);
    await endCause(world, "blind", subject);
  }
}
