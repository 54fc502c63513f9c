/** Heartbeats are offered (RFC 6520). */

import { byHabit } from "./accepted.ts";
import type { SeenFlaw } from "./flaw.ts";

export const heartbeat: SeenFlaw = {
  name: "heartbeat",
  look: ({ scan }) => byHabit(scan, "heartbeat", true),
};
