/** A hello that names TLS 1.3 is dropped (RFC 8446 §4.2.1 wants unknown versions to be ignored). */

import { unlessCut } from "./accepted.ts";
import { flawed, type SeenFlaw } from "./flaw.ts";

export const versionIntolerance: SeenFlaw = {
  name: "version-intolerance",
  look: ({ scan }) => (scan.intolerant ? flawed() : unlessCut(scan)),
};
