/** `chainmail probe`: one look at each address, best preference first, printed as mail people know it. */

import { findingLines } from "./chains.ts";
import { painter, verdictStyle } from "./colour.ts";
import { type ExitCode, exitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { type Envelope, lookAt } from "./look-at.ts";
import { lookingFor } from "./looking.ts";
import type { LookOptions } from "./options.ts";
import { type PlaceOptions, placesNamed } from "./places.ts";
import { printJson } from "./print-json.ts";
import { type Looked, type ProbeOutcome, probeJson, summarise } from "./probe-report.ts";
import { transcriptText } from "./transcript.ts";

interface ProbeOptions extends LookOptions, PlaceOptions, Envelope {}

export async function probeCommand(text: string, options: ProbeOptions, io: Io): Promise<ExitCode> {
  const looking = lookingFor(options);
  const { places, findings } = await placesNamed(text, options, looking.resolver);
  const looked: Looked[] = [];
  for (const place of places) {
    const one = await lookAt(place, options, looking);
    if (!options.json) printBlock(one, io);
    looked.push(one);
  }
  const outcome = summarise(findings, looked);
  if (options.json) printJson(probeJson(text, outcome), io);
  else printSummary(outcome, io);
  return exitCode(outcome.verdict, outcome.findings);
}

function printBlock({ observation, preference }: Looked, io: Io): void {
  const colour = io.stdout.isTTY === true && !io.env.NO_COLOR;
  io.stdout.write(`${transcriptText(observation, preference, colour).join("\n")}\n\n`);
}

function printSummary({ verdict, findings, looked }: ProbeOutcome, io: Io): void {
  const paint = painter(io);
  const many = looked.length > 1 ? ` (worst of ${looked.length} addresses)` : "";
  const lines = [`verdict: ${paint(verdictStyle[verdict], verdict)}${many}`, ...findingLines(findings, "", paint)];
  io.stdout.write(`${lines.join("\n")}\n`);
}
