/** SWEET32 (CVE-2016-2183): blocks of 64 bits, of which some repeat within one long session. */

import { bySuites } from "./accepted.ts";
import type { SeenFlaw } from "./flaw.ts";

const smallBlocks = /^(3DES|DES|DES40|RC2|IDEA|28147|MAGMA)(_|$)/;

export const sweet32: SeenFlaw = {
  name: "sweet32",
  look: ({ scan }) => bySuites(scan, ({ cipher }) => smallBlocks.test(cipher)),
};
