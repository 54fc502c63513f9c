/** CRIME (CVE-2012-4929): what is encrypted was compressed before. */

import { byHabit } from "./accepted.ts";
import type { SeenFlaw } from "./flaw.ts";

export const compression: SeenFlaw = {
  name: "compression",
  look: ({ scan }) => byHabit(scan, "compression", true),
};
