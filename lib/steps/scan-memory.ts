/** What is remembered of a slot's scans, after a look that shows another session than the one they were begun beside. Pure. */

import type { ScanMemory } from "../model/deep-scan.ts";
import type { Observation } from "../model/observation.ts";
import type { RosterEntry } from "../model/roster.ts";
import { spread } from "../model/spread.ts";

/** Several machines behind one address show several keys in turn: that starts no further scan for so long. */
const restartEveryMs = 6 * 3_600_000;

/** Of suite, version, group and key: another one, and the server may have changed all that it accepts. Empty without TLS. */
export function sessionDigest({ outcome }: Observation): string {
  if (outcome.kind !== "encrypted") return "";
  const { tls, certificate } = outcome;
  const key = certificate?.leaf;
  return spread(
    JSON.stringify([tls.protocol, tls.cipher, tls.group, key?.sha256, key?.keyType, key?.keyBits]),
  ).toString(36);
}

/** The very same object where nothing changes. `now` in epoch ms. */
export function scanAfter(scan: ScanMemory, present: Observation, now: number): ScanMemory {
  const beside = sessionDigest(present);
  const isNew = beside !== "" && beside !== scan.beside;
  if (!isNew || now - scan.restartedAt < restartEveryMs) return scan;
  return { ...scan, beside, running: true, restartedAt: now };
}

/** Somebody's verdict depends on what is merely accepted. */
export function decidesByScan({ needs }: Pick<RosterEntry, "needs">): boolean {
  return needs.some(({ require }) => require.floor.acceptsNothingBelow);
}
