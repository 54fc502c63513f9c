/** The lines of a dialogue that a message shows. */

import type { Observation, TranscriptLine } from "../model/observation.ts";

const mostLines = 10;

/** The last ten before we said good-bye, in the manner of `chainmail probe`. From the wire: escape where shown. */
export function decisiveLines({ transcript }: Observation): readonly string[] {
  const quit = transcript.findLastIndex((line) => line.kind === "sent" && /^QUIT\b/i.test(line.text));
  return transcript
    .slice(0, quit < 0 ? undefined : quit)
    .slice(-mostLines)
    .map(lineOf);
}

function lineOf(line: TranscriptLine): string {
  const seconds = (line.at / 1000).toFixed(3);
  if (line.kind === "note") return `${seconds}     ${line.text}`;
  const shaft = line.encrypted ? "~~" : "--";
  return `${seconds} ${line.kind === "sent" ? `${shaft}>` : `<${shaft}`} ${line.text}`;
}
