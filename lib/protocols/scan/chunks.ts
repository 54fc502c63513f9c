/** For servers that understand no hello of so many suites: the same in chunks. */

import { suites as everySuite } from "../tls/suites.ts";
import type { Ask } from "./patient.ts";
import { inquire } from "./question.ts";
import { type AcceptedSuites, suitesOf } from "./suites-of.ts";

/** What servers of every age have at least one of: AES, 3DES, RC4, DES, EXPORT, NULL. */
const telling = [
  0x002f, 0x0035, 0x000a, 0x0005, 0x0004, 0x0009, 0x0003, 0x0008, 0x0002, 0x0033, 0x0039, 0xc013, 0xc014, 0xc02f,
  0xc030, 0x0034,
];
const ranked = [
  ...telling,
  ...everySuite.filter(({ tls13, code }) => !tls13 && !telling.includes(code)).map(({ code }) => code),
];
const sizes = [64, telling.length] as const;

export interface InChunks {
  readonly size: number;
  /** In the order of the versions asked for. */
  readonly found: readonly AcceptedSuites[];
}

/**
 * Null: it accepts none of the telling suites either, and is left alone. A server that was seen to speak TLS 1.3 is
 * asked for its newest older version only.
 */
export async function inChunks(ask: Ask, versions: readonly number[], speaksNewer: boolean): Promise<InChunks | null> {
  const worth = speaksNewer ? versions.slice(-1) : versions;
  const answers = await Promise.all(worth.map((version) => part(ask, version, telling)));
  const speaks = worth.find((_, at) => (answers[at]?.suites.length ?? 0) > 0);
  if (speaks === undefined) return null;
  const size = (await understands(ask, speaks, sizes[0])) ? sizes[0] : sizes[1];
  return { size, found: await Promise.all(versions.map((version) => every(ask, version, size))) };
}

async function understands(ask: Ask, version: number, size: number): Promise<boolean> {
  return (await part(ask, version, ranked.slice(0, size))).suites.length > 0;
}

function part(ask: Ask, version: number, suites: readonly number[]): Promise<AcceptedSuites> {
  return inquire(suitesOf({ version, suites, groupsToo: false }), ask);
}

async function every(ask: Ask, version: number, size: number): Promise<AcceptedSuites> {
  const parts: AcceptedSuites[] = [];
  for (let at = 0; at < ranked.length; at += size) {
    const found = await part(ask, version, ranked.slice(at, at + size));
    parts.push(found);
    if (found.instead !== null || found.incomplete !== null) break;
  }
  return {
    suites: [...new Set(parts.flatMap(({ suites }) => suites))],
    groups: [...new Set(parts.flatMap(({ groups }) => groups))],
    instead: parts.find(({ instead }) => instead !== null)?.instead ?? null,
    strayed: parts.some(({ strayed }) => strayed),
    incomplete: parts.find(({ incomplete }) => incomplete !== null)?.incomplete ?? null,
  };
}
