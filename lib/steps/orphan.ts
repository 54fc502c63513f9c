/** Causes whose target left the roster, while a crash or a look that was under way kept the news from them. */

import type { Cause } from "../model/incident.ts";
import { parseTargetKey, targetKey } from "../model/target.ts";
import type { Store } from "../store/store.ts";

/** Its own slice is asked first, and all of them only where the target isn't there. Other subjects than targets are never on a roster. */
export async function isOrphan({ state }: Store, cause: Cause): Promise<boolean> {
  const { subject, context } = cause;
  if (cause.state === "clear" || parseTargetKey(subject) === undefined) return false;
  const holds = (entry: { readonly target: Parameters<typeof targetKey>[0] } | null | undefined) =>
    entry !== null && entry !== undefined && targetKey(entry.target) === subject;
  if (context.slot !== null && holds((await state.slice(context.slot.slice))?.entries[context.slot.slot])) return false;
  return !(await state.slices()).some(({ entries }) => entries.some(holds));
}
