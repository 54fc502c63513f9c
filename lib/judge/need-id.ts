/** What tells one distinct wish from another, whoever has it. */

import { hash } from "node:crypto";
import type { Need } from "../model/roster.ts";

type Wish = Omit<Need, "customers" | "customer">;

/** Equal wishes have equal keys. */
export function needKey({ hop, require: { level, floor }, alarms, enforced }: Wish): string {
  return JSON.stringify([hop, alarms, enforced, level, Object.entries(floor).sort()]);
}

/** The same in 8 base64url characters. */
export function needId(wish: Wish): string {
  return hash("sha256", needKey(wish), "base64url").slice(0, 8);
}
