/** FREAK (CVE-2015-0204): RSA keys that were short by law, into which a session can be talked down. */

import { bySuites } from "./accepted.ts";
import type { SeenFlaw } from "./flaw.ts";

export const freak: SeenFlaw = {
  name: "freak",
  look: ({ scan }) => bySuites(scan, ({ exportGrade, keyExchange }) => exportGrade && keyExchange === "rsa"),
};
