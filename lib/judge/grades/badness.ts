/** How bad each suite and group is to any of the standards, to the score and by its flaws: what a graded scan has to ask for. */

import type { ProtocolName } from "../../model/observation.ts";
import { seenFlaws } from "../../protocols/scan/flaws/seen.ts";
import type { Judges } from "../../protocols/scan/graded.ts";
import { suiteByCode } from "../../protocols/tls/suites.ts";
import { ranksOf } from "./grade.ts";
import { groupCost, suiteCost } from "./score.ts";

const flaws = seenFlaws.flatMap(({ suite }) => suite ?? []);

/** One number for each that judges; more is worse. */
function suiteBadness(code: number, version: ProtocolName): readonly number[] {
  const suite = suiteByCode(code);
  const isFlawed = flaws.map((isBad) => Number(suite !== undefined && isBad(suite, version)));
  return [...ranksOf({ suite: code }), suiteCost(suite), ...isFlawed];
}

function groupBadness(code: number): readonly number[] {
  return [...ranksOf({ group: code }), groupCost(code)];
}

export const judges: Judges = { suite: suiteBadness, group: groupBadness };
