/** Who answered: what each of a scan's connections showed of the machine behind the address. */

import type { Outcome } from "../../model/observation.ts";
import type { Answering } from "../../model/scan.ts";
import { printable } from "../printable.ts";
import type { Journal } from "../smtp/journal.ts";

/** One connection that came to EHLO. */
export interface Sighting {
  readonly face: string;
  readonly offersTls: boolean;
  readonly injected: boolean;
}

/** `stopped` before TLS, or null. Null: EHLO wasn't answered. */
export function sightingOf(
  { banner, greeting, before }: Journal,
  stopped: Outcome | null,
  leftover: Uint8Array,
): Sighting | null {
  const offersTls = stopped?.kind !== "starttls-absent";
  if (before === null && offersTls) return null;
  const keywords = Object.keys(before ?? {})
    .sort()
    .join(" ");
  return {
    face: shown(`${nameIn(banner)}, ${nameIn(greeting)}: ${keywords}`),
    offersTls,
    injected: leftover.length > 0,
  };
}

export const nobody: Answering = { greeted: 0, withoutTls: 0, injected: 0, faces: [] };

/** More than that nobody wants to read. */
const mostFaces = 20;

export function answeringOf(sightings: readonly Sighting[]): Answering {
  return {
    greeted: sightings.length,
    withoutTls: sightings.filter(({ offersTls }) => !offersTls).length,
    injected: sightings.filter(({ injected }) => injected).length,
    faces: [...new Set(sightings.map(({ face }) => face))].slice(0, mostFaces),
  };
}

/** The first word: behind it stand dates, queue ids and our own address. */
function nameIn(line: string | null): string {
  return line?.trim().split(/\s/, 1)[0] ?? "";
}

function shown(text: string): string {
  return printable(Buffer.from(text), 300);
}
