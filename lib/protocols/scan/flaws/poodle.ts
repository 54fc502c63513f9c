/** POODLE (CVE-2014-3566): SSLv3 doesn't protect what fills up a block. */

import { bySuites } from "./accepted.ts";
import type { SeenFlaw } from "./flaw.ts";

export const poodle: SeenFlaw = {
  name: "poodle",
  look: ({ scan }) => bySuites(scan, ({ cipher }, { name }) => name === "SSLv3" && /_CBC/.test(cipher)),
};
