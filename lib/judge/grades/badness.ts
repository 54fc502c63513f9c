/** How bad each suite and group is to any of the standards and to the score: what a graded scan has to ask for. */

import type { Judges } from "../../protocols/scan/graded.ts";
import { suiteByCode } from "../../protocols/tls/suites.ts";
import { ranksOf } from "./grade.ts";
import { groupCost, suiteCost } from "./score.ts";

/** One number for each that judges; more is worse. */
function suiteBadness(code: number): readonly number[] {
  return [...ranksOf({ suite: code }), suiteCost(suiteByCode(code))];
}

function groupBadness(code: number): readonly number[] {
  return [...ranksOf({ group: code }), groupCost(code)];
}

export const judges: Judges = { suite: suiteBadness, group: groupBadness };
