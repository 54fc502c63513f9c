/** `chainmail scan`: all that each address would accept, beside what a modern sender gets. */

import { InputError } from "../model/input-error.ts";
import type { Pace } from "../model/pace.ts";
import type { Scan } from "../model/scan.ts";
import { visible } from "../protocols/printable.ts";
import { seenFlaws } from "../protocols/scan/flaws/seen.ts";
import { findingLines } from "./chains.ts";
import { painter, verdictStyle } from "./colour.ts";
import { type ExitCode, exitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { lookingFor } from "./looking.ts";
import type { LookOptions } from "./options.ts";
import { type PlaceOptions, placesNamed } from "./places.ts";
import { printJson } from "./print-json.ts";
import { summarise } from "./probe-report.ts";
import { scanJson, targetsOf } from "./scan-json.ts";
import { scanMarkdown } from "./scan-markdown.ts";
import { type Found, judged, type Scanned, type ScanPlan, scanPlace } from "./scan-place.ts";
import { scanLines } from "./scan-report.ts";
import type { Since } from "./scan-since.ts";
import { unoptimised } from "./unoptimised.ts";

interface ScanOptions extends LookOptions, PlaceOptions {
  readonly grade?: boolean;
  readonly markdown?: boolean;
  readonly since?: string;
  readonly pace?: Pace;
  readonly intrusive?: boolean;
  readonly skip?: readonly string[];
}

export async function scanCommand(text: string, options: ScanOptions, io: Io): Promise<ExitCode> {
  const before = options.since === undefined ? null : (await import("./scan-since.ts")).readScan(options.since);
  const looking = lookingFor(options);
  const { places, findings } = await placesNamed(text, options, looking.resolver);
  const plan = await planOf(options);
  const found: Found[] = [];
  const worth = (one: Found) => judged(one, plan, scansOf(found.filter((other) => other !== one)), looking.clock.now());
  const atOnce: Scanned[] = [];
  for (const place of places) {
    const look = () => scanPlace(place, plan, looking, progressOn(io, options));
    const one = places.length === 1 ? await unoptimised(look) : await look();
    found.push(one);
    const scanned = worth(one);
    if (isReport(options)) io.stdout.write(`${scanLines(scanned, painter(io)).join("\n")}\n\n`);
    atOnce.push(scanned);
  }
  // Once more with all of them: what one place accepts may be another's flaw.
  const scanned = places.length === 1 ? atOnce : found.map(worth);
  const outcome = summarise(findings, scanned);
  const printed = scanJson(text, outcome, scanned);
  const since = before === null ? [] : (await import("./scan-since.ts")).changesSince(before, printed);
  if (options.json) printJson(printed, io);
  else if (options.markdown) io.stdout.write(`${targetsOf(printed).flatMap(scanMarkdown).join("\n")}\n`);
  else {
    const paint = painter(io);
    const lines = [
      ...since.flatMap(sinceLines),
      `verdict: ${paint(verdictStyle[outcome.verdict], outcome.verdict)}`,
      ...findingLines(outcome.findings, "", paint),
    ];
    io.stdout.write(`${lines.join("\n")}\n`);
  }
  return exitCode(outcome.verdict, outcome.findings);
}

function scansOf(found: readonly Found[]): readonly Scan[] {
  return found.flatMap(({ scan }) => scan ?? []);
}

const isReport = ({ json, markdown }: ScanOptions) => !json && !markdown;

function sinceLines({ place, changes }: Since): readonly string[] {
  const what = changes.length === 0 ? ["  nothing"] : changes.map((change) => `  ${visible(change)}`);
  return [`changed at ${place}:`, ...what, ""];
}

/** What is looked for: `--skip` names what isn't, and what is intrusive has to be asked for. */
async function planOf(options: ScanOptions): Promise<ScanPlan> {
  const leftOut = new Set(options.skip ?? []);
  const { askedFlaws } = await import("../protocols/scan/flaws/asked.ts");
  const names = [...seenFlaws, ...askedFlaws].map(({ name }) => name).concat("unannounced-starttls");
  for (const name of leftOut) {
    if (!names.includes(name)) throw new InputError(`--skip: no flaw '${name}'; there are ${names.sort().join(", ")}`);
  }
  const flaws = askedFlaws.filter(({ name, when }) => {
    if (leftOut.has(name)) return false;
    return when === "intrusive" ? options.intrusive === true : options.grade !== true;
  });
  return { ...options, flaws, leftOut };
}

/** One line that is written over, on a terminal; null clears it. */
function progressOn({ stdout, stderr }: Io, { json }: ScanOptions): (connections: number | null) => void {
  if (stdout.isTTY !== true || json === true) return () => {};
  return (connections) => stderr.write(connections === null ? "\r\x1b[K" : `\r${connections} connections\x1b[K`);
}
