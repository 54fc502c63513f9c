/** What was looked for, and the findings of it. What isn't known is no flaw. */

import type { Finding } from "../model/finding.ts";
import type { Observation } from "../model/observation.ts";
import type { FlawSeen, Scan } from "../model/scan.ts";
import type { TargetKey } from "../model/target.ts";
import { codeOf } from "../protocols/scan/flaws/flaw.ts";
import { seenFlaws } from "../protocols/scan/flaws/seen.ts";
import { type FindingCode, finding, findingCodes } from "./findings.ts";

/** What flaws are told by beside a scan. */
export interface Around {
  readonly observation: Observation | null;
  /** Scans of further places, whose keys may be the same. */
  readonly others: readonly Scan[];
  /** Targets that speak SSLv2 with a key of this one, as the store knows them. */
  readonly sslv2Elsewhere: readonly TargetKey[];
  /** Names of flaws that nobody wants to hear of. */
  readonly skip: ReadonlySet<string>;
}

const nothing: Around = { observation: null, others: [], sslv2Elsewhere: [], skip: new Set() };

/** Those that the scan tells by itself, and those that it took connections to see. */
export function flawsIn(scan: Scan, around: Partial<Around> = {}): readonly FlawSeen[] {
  const { skip, ...beside } = { ...nothing, ...around };
  const told = seenFlaws
    .filter(({ name }) => !skip.has(name))
    .map(({ name, look }) => ({ name, ...look({ scan, ...beside }) }));
  return [...told, ...(scan.flaws ?? []).filter(({ name }) => !skip.has(name))];
}

export function flawFindings(flaws: readonly FlawSeen[]): readonly Finding[] {
  return flaws.flatMap((flaw) => {
    const code = flawCode(flaw.name);
    return flaw.result === "flawed" && code !== undefined ? [finding(code, flaw.detail)] : [];
  });
}

export function flawCode(name: string): FindingCode | undefined {
  const code = codeOf(seenFlaws.find((flaw) => flaw.name === name) ?? { name });
  return findingCodes.find((one) => one === code);
}
