/** What the table of findings says of each code. */

import type { Severity } from "../model/finding.ts";

export interface Entry {
  /** What it makes of a verdict where no rule says otherwise. */
  readonly severity: Severity;
  readonly meaning: string;
  readonly consequence: string;
  readonly advice: string;
}

export const nothingYet = "nothing yet";
