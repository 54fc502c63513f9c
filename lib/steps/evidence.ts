/** What a message shows of what came from the wire. Kept with the cause and in each message it owes: so it is little. */

import type { Finding } from "../model/finding.ts";
import type { Observation, TranscriptLine } from "../model/observation.ts";

const mostLines = 10;
const longestLine = 300;
const mostFindings = 8;
const mostEvidence = 5;

/** The last ten lines before we said good-bye, in the manner of `chainmail probe`. From the wire: escape where shown. */
export function decisiveLines({ transcript }: Observation): readonly string[] {
  const quit = transcript.findLastIndex((line) => line.kind === "sent" && /^QUIT\b/i.test(line.text));
  return transcript
    .slice(0, quit < 0 ? undefined : quit)
    .slice(-mostLines)
    .map(lineOf);
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
