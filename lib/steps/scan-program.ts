/** What is asked at each depth. Loaded by those who scan only: the tables behind it take their time. */

import { groupBadness, suiteBadness } from "../judge/grades/badness.ts";
import type { ScanDepth } from "../model/deep-scan.ts";
import type { Program } from "../protocols/scan/resume.ts";
import { scan, scanGraded } from "../protocols/scan/scan.ts";

const judges = { suite: suiteBadness, group: groupBadness };

export function programOf(depth: Exclude<ScanDepth, "none">): Program {
  return depth === "full" ? scan : (world) => scanGraded(world, judges);
}
