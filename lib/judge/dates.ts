/** A certificate's dates (RFC 5280 §4.1.2.5), as far as they change what is said of it. */

import type { Leaf } from "../model/observation.ts";

const dayMs = 86_400_000;
const expiringWithin = 21 * dayMs;

export type DateState = "not-yet-valid" | "valid" | "expiring" | "expired";

/** `now` in epoch ms. Expiring: less than a third of the lifetime and less than 21 days are left. */
export function dateState(leaf: Leaf, now: number): DateState {
  if (now > leaf.notAfter) return "expired";
  if (now < leaf.notBefore) return "not-yet-valid";
  return now > expiringAfter(leaf) ? "expiring" : "valid";
}

/** Epoch ms at which unchanged facts must be judged again, since {@link dateState} changes then; null for never. */
export function nextThreshold(leaf: Leaf, now: number): number | null {
  const next = [leaf.notBefore, expiringAfter(leaf) + 1, leaf.notAfter + 1].filter((at) => at > now);
  return next.length === 0 ? null : Math.min(...next);
}

/** A certificate's end is told of again when so little is left, ms: one message for each. */
const toldBefore = [7 * dayMs, dayMs] as const;
/** Monday, 08:00 UTC: 1970 began on a Thursday. */
const weekMs = 7 * dayMs;
const mondayMs = 4 * dayMs + 8 * 3_600_000;

/** Epoch ms of the next message before a certificate's `ends`; null: only its end itself is left to tell. */
export function nextTelling(ends: number, now: number): number | null {
  return toldBefore.map((left) => ends - left).find((at) => at > now) ?? null;
}

/** Epoch ms of the week's digest of certificates whose end is far; null: it is urgent by then, and told alone and now. */
export function toldWeekly(ends: number, now: number): number | null {
  const next = Math.floor((now - mondayMs) / weekMs + 1) * weekMs + mondayMs;
  return next < ends - toldBefore[0] ? next : null;
}

function expiringAfter({ notBefore, notAfter }: Leaf): number {
  return notAfter - Math.min((notAfter - notBefore) / 3, expiringWithin);
}
