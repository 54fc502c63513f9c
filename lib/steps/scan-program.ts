/** What is asked at each depth. Loaded by those who scan only: the tables behind it take their time. */

import { judges } from "../judge/grades/badness.ts";
import type { FlawsWanted, ScanDepth } from "../model/deep-scan.ts";
import { askedFlaws } from "../protocols/scan/flaws/asked.ts";
import type { AskedFlaw } from "../protocols/scan/flaws/flaw.ts";
import type { Program } from "../protocols/scan/resume.ts";
import { scan, scanGraded } from "../protocols/scan/scan.ts";

export function programOf(depth: Exclude<ScanDepth, "none">): Program {
  return depth === "full" ? scan : (world) => scanGraded(world, judges);
}

/** Those that take connections: with the whole inventory, and the intrusive ones for who opted in. */
export function flawsAt(depth: Exclude<ScanDepth, "none">, wanted: FlawsWanted): readonly AskedFlaw[] {
  return askedFlaws.filter(
    ({ when }) =>
      (when === "always" && depth === "full" && wanted !== "none") || (when === "intrusive" && wanted === "intrusive"),
  );
}
