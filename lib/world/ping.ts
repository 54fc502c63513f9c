/** Tells a checker outside that all is well: one that alarms when it isn't told (healthchecks.io and its like). */

import { reasonOf } from "./channels/reason.ts";

const timeoutMs = 10_000;

/** One GET, bounded; redirects aren't followed. Null where it was taken, else why not. Never rejects. */
export async function ping(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    return response.ok ? null : `it answered ${response.status}`;
  } catch (error) {
    return reasonOf(error);
  }
}
