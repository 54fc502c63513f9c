/** How deep a target is scanned: as whoever wants most of it has it. */

import { type Customer, defaultFloor, type Floor } from "../model/customer.ts";
import { type ScanDepth, scanDepths } from "../model/deep-scan.ts";

const figures = ["cipherBits", "rsaBits", "ecBits", "forwardSecrecy"] as const satisfies readonly (keyof Floor)[];

/**
 * What a customer wants by its floor. A grade tells what standards and the default's figures call bad; who counts all that
 * is accepted by stricter ones has to know all of it.
 */
export function depthFor({ scan }: Pick<Customer, "scan">, floor: Floor): ScanDepth {
  const isStricter = figures.some((figure) => Number(floor[figure]) > Number(defaultFloor[figure]));
  const isCounted = floor.acceptsNothingBelow === true && floor.standard === undefined;
  return scan ?? (isCounted && isStricter ? "full" : "grade");
}

export function deeper(a: ScanDepth, b: ScanDepth): ScanDepth {
  return scanDepths.indexOf(a) > scanDepths.indexOf(b) ? a : b;
}
