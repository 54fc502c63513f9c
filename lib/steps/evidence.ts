/** What a message shows of what came from the wire. Kept with the cause and in each message it owes: so it is little. */

import { transcriptRows } from "../judge/transcript.ts";
import type { Finding } from "../model/finding.ts";
import type { Observation, TranscriptLine } from "../model/observation.ts";

const mostLines = 10;
const longestLine = 300;
const mostFindings = 8;
const mostEvidence = 5;

/**
 * Ten lines in the manner of `chainmail probe`: of an encrypted session those up to what the handshake showed, of another
 * the last before we said good-bye. From the wire: escape where shown.
 */
export function decisiveLines(observation: Observation): readonly string[] {
  const { transcript, outcome } = observation;
  if (outcome.kind === "encrypted") return handshakeLines(observation);
  const quit = transcript.findLastIndex((line) => line.kind === "sent" && /^QUIT\b/i.test(line.text));
  return transcript
    .slice(0, quit < 0 ? undefined : quit)
    .slice(-mostLines)
    .map(lineOf);
}

function handshakeLines(observation: Observation): readonly string[] {
  const rows = transcriptRows(observation);
  const inside = rows.findIndex(({ mark }) => mark === "~~>" || mark === "<~~");
  return rows
    .slice(0, inside < 0 ? undefined : inside)
    .slice(-mostLines)
    .map(({ seconds, mark, text }) => `${seconds.toFixed(3)} ${mark ?? "   "} ${text.slice(0, longestLine)}`);
}

function lineOf(line: TranscriptLine): string {
  const seconds = (line.at / 1000).toFixed(3);
  const text = line.text.slice(0, longestLine);
  if (line.kind === "note") return `${seconds}     ${text}`;
  const shaft = line.encrypted ? "~~" : "--";
  return `${seconds} ${line.kind === "sent" ? `${shaft}>` : `<${shaft}`} ${text}`;
}

/** However much a server sends, its cause stays an item that the store takes. */
export function boundedFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.slice(0, mostFindings).map((finding) => ({
    ...finding,
    evidence: finding.evidence.slice(0, mostEvidence).map((line) => line.slice(0, longestLine)),
  }));
}
