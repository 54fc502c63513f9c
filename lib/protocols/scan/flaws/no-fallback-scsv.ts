/** A client that was talked down isn't noticed (RFC 7507). Where there is one version alone, there is nothing to be talked down to. */

import { byHabit } from "./accepted.ts";
import { type SeenFlaw, sound } from "./flaw.ts";

export const noFallbackScsv: SeenFlaw = {
  name: "no-fallback-scsv",
  look({ scan }) {
    const spoken = scan.versions.filter(({ accepted }) => accepted !== false);
    return spoken.length < 2 ? sound("one version alone") : byHabit(scan, "fallbackScsv", false);
  },
};
