/** An item must stay below DynamoDB's 400 kB whatever a server sends: what is too long is cut, and the cut is seen. */

import type { CertificateFacts, Observation, TranscriptLine } from "../model/observation.ts";
import { pack } from "./pack.ts";

/** Two observations (facts and silence) fit one item. */
const mostBytes = 180_000;

interface Cut {
  readonly lineLength: number;
  readonly lines: number;
  readonly names: number;
  readonly chain: number;
}

/** Tried in turn until it fits; an honest server passes the first. */
const cuts: readonly Cut[] = [
  { lineLength: 2_048, lines: 400, names: 10_000, chain: 20 },
  { lineLength: 500, lines: 200, names: 2_000, chain: 10 },
  { lineLength: 100, lines: 60, names: 300, chain: 3 },
];

/** `observation` packed, with its transcript and names cut where they are too long for one item. */
export function packObservation(observation: Observation): Uint8Array {
  const whole = pack(observation);
  if (whole.length <= mostBytes) return whole;
  const tried = cuts.map((cut) => pack(shorten(observation, cut)));
  const fitting = tried.find((packed) => packed.length <= mostBytes);
  return fitting ?? pack({ ...shorten(observation, { lineLength: 20, lines: 5, names: 1, chain: 0 }) });
}

function shorten(observation: Observation, cut: Cut): Observation {
  const text = (value: string): string => clip(value, cut.lineLength);
  const { outcome, capabilities } = observation;
  const shortKeywords = (all: Observation["capabilities"]["before"]) =>
    all &&
    Object.fromEntries(
      Object.entries(all)
        .slice(0, cut.lines)
        .map(([keyword, value]) => [text(keyword), text(value)]),
    );
  return {
    ...observation,
    banner: observation.banner && text(observation.banner),
    leftover: observation.leftover && text(observation.leftover),
    capabilities: { before: shortKeywords(capabilities.before), after: shortKeywords(capabilities.after) },
    outcome:
      outcome.kind === "encrypted" && outcome.certificate
        ? { ...outcome, certificate: shortenCertificate(outcome.certificate, cut) }
        : "reply" in outcome
          ? { ...outcome, reply: { ...outcome.reply, lines: outcome.reply.lines.slice(0, cut.lines).map(text) } }
          : outcome,
    transcript: shortenTranscript(observation.transcript, cut),
  };
}

function shortenTranscript(transcript: readonly TranscriptLine[], cut: Cut): readonly TranscriptLine[] {
  const kept = transcript.slice(0, cut.lines).map((line) => ({ ...line, text: clip(line.text, cut.lineLength) }));
  const left = transcript.length - kept.length;
  const at = transcript.at(-1)?.at ?? 0;
  return left > 0 ? [...kept, { at, kind: "note", text: `(${left} more lines were not kept)` }] : kept;
}

function shortenCertificate(certificate: CertificateFacts, cut: Cut): CertificateFacts {
  const { leaf, chain } = certificate;
  const name = (value: string): string => clip(value, cut.lineLength);
  return {
    ...certificate,
    leaf: {
      ...leaf,
      subject: name(leaf.subject),
      issuer: name(leaf.issuer),
      commonName: leaf.commonName && name(leaf.commonName),
      dnsNames: leaf.dnsNames.slice(0, cut.names).map(name),
      addresses: leaf.addresses.slice(0, cut.names),
    },
    chain:
      chain?.slice(0, cut.chain).map((entry) => ({
        ...entry,
        subject: name(entry.subject),
        issuer: name(entry.issuer),
      })) ?? null,
  };
}

function clip(text: string, length: number): string {
  return text.length <= length
    ? text
    : `${text.slice(0, length)}… (${text.length - length} more characters were not kept)`;
}
