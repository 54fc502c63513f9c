/** All flaws that a scan tells by itself: who adds one writes a file and a line here. */

import { capabilitiesDiffer } from "./capabilities-differ.ts";
import { compression } from "./compression.ts";
import { drown } from "./drown.ts";
import type { SeenFlaw } from "./flaw.ts";
import { freak } from "./freak.ts";
import { heartbeat } from "./heartbeat.ts";
import { insecureRenegotiation } from "./insecure-renegotiation.ts";
import { intermittent } from "./intermittent.ts";
import { logjam } from "./logjam.ts";
import { noExtendedMasterSecret } from "./no-extended-master-secret.ts";
import { noFallbackScsv } from "./no-fallback-scsv.ts";
import { poodle } from "./poodle.ts";
import { responseInjection } from "./response-injection.ts";
import { severalMachines } from "./several-machines.ts";
import { sweet32 } from "./sweet32.ts";
import { versionIntolerance } from "./version-intolerance.ts";
import { weakSignatures } from "./weak-signatures.ts";

export const seenFlaws: readonly SeenFlaw[] = [
  versionIntolerance,
  insecureRenegotiation,
  compression,
  noFallbackScsv,
  noExtendedMasterSecret,
  heartbeat,
  drown,
  poodle,
  freak,
  logjam,
  sweet32,
  weakSignatures,
  responseInjection,
  intermittent,
  severalMachines,
  capabilitiesDiffer,
];
