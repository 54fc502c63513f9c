/** No extended master secret (RFC 7627). */

import { byHabit } from "./accepted.ts";
import type { SeenFlaw } from "./flaw.ts";

export const noExtendedMasterSecret: SeenFlaw = {
  name: "no-extended-master-secret",
  look: ({ scan }) => byHabit(scan, "extendedMasterSecret", false),
};
