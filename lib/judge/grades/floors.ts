/** Standards as floors of the customers file, each by a name of its own: `ncsc-nl-sufficient`, `bcp195`. */

import type { Floor } from "../../model/customer.ts";
import { standards } from "./grade.ts";
import type { Standard } from "./standard.ts";

export interface StandardFloor {
  readonly standard: Standard;
  /** The worst level that is still enough. */
  readonly level: string;
}

/** What is meant by a standard's name alone: what it asks of everybody. */
const plain: readonly (readonly [name: string, id: string, level: string])[] = [
  ["bcp195", "bcp195", "allowed"],
  ["pci-dss", "pci-dss", "strong"],
  ["nist", "nist-800-52r2", "conforming"],
];

const floors = new Map<string, StandardFloor>([
  ...standards.flatMap((standard) => {
    // Of two levels one is enough and the other isn't: then its name says nothing more.
    const enough = standard.levels.length > 2 ? standard.levels.slice(0, -1) : [];
    return enough.map((level): [string, StandardFloor] => [
      `${standard.id}-${level.replaceAll(" ", "-")}`,
      { standard, level },
    ]);
  }),
  ...plain.flatMap(([name, id, level]): [string, StandardFloor][] => {
    const standard = standards.find((each) => each.id === id);
    return standard === undefined ? [] : [[name, { standard, level }]];
  }),
]);

/** As they may be written. */
export const standardFloors: readonly string[] = [...floors.keys()];

/** Null where the floor's figures are judged by. */
export function floorOf({ standard }: Floor): StandardFloor | null {
  return standard === undefined ? null : (floors.get(standard) ?? null);
}
