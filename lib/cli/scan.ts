/** `chainmail scan`: all that each address would accept, beside what a modern sender gets. */

import { setTimeout as sleep } from "node:timers/promises";
import { acceptedFindings } from "../judge/accepted.ts";
import { groupBadness, suiteBadness } from "../judge/grades/badness.ts";
import { type Grade, gradesOf } from "../judge/grades/grade.ts";
import { leavesOf } from "../judge/grades/leaves.ts";
import { scoreOf } from "../judge/grades/score.ts";
import { defaultFloor } from "../model/customer.ts";
import type { Outcome } from "../model/observation.ts";
import type { Scan } from "../model/scan.ts";
import { visible } from "../protocols/printable.ts";
import { type AskWorld, ask, askSslv2 } from "../protocols/scan/ask.ts";
import { patient } from "../protocols/scan/patient.ts";
import { type ScanWorld, scan, scanGraded } from "../protocols/scan/scan.ts";
import { createLimit } from "../world/limit.ts";
import { findingLines } from "./chains.ts";
import { painter, verdictStyle } from "./colour.ts";
import { type ExitCode, exitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { lookAt } from "./look-at.ts";
import { type Looking, lookingFor } from "./looking.ts";
import type { LookOptions } from "./options.ts";
import { type Place, type PlaceOptions, placesNamed } from "./places.ts";
import { printJson } from "./print-json.ts";
import { type Looked, summarise } from "./probe-report.ts";
import { scanJson, targetsOf } from "./scan-json.ts";
import { scanMarkdown } from "./scan-markdown.ts";
import { scanLines } from "./scan-report.ts";
import type { Since } from "./scan-since.ts";

interface ScanOptions extends LookOptions, PlaceOptions {
  readonly grade?: boolean;
  readonly markdown?: boolean;
  readonly since?: string;
}

/** One address, and what it would accept; null where no hello was possible. */
export interface Scanned extends Looked {
  readonly scan: Scan | null;
  /** Null where nothing is accepted, or not enough is known. */
  readonly grades: readonly Grade[] | null;
  readonly score: number | null;
}

const judges = { suite: suiteBadness, group: groupBadness };
/** Connections that are open at once. */
const atOnce = 4;
/** When we are slowed down, ms. */
const waits = [2_000, 10_000, 30_000];

export async function scanCommand(text: string, options: ScanOptions, io: Io): Promise<ExitCode> {
  const before = options.since === undefined ? null : (await import("./scan-since.ts")).readScan(options.since);
  const looking = lookingFor(options);
  const { places, findings } = await placesNamed(text, options, looking.resolver);
  const scanned: Scanned[] = [];
  for (const place of places) {
    const one = await scanPlace(place, options, looking, progressOn(io, options));
    if (isReport(options)) io.stdout.write(`${scanLines(one, painter(io)).join("\n")}\n\n`);
    scanned.push(one);
  }
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

const isReport = ({ json, markdown }: ScanOptions) => !json && !markdown;

function sinceLines({ place, changes }: Since): readonly string[] {
  const what = changes.length === 0 ? ["  nothing"] : changes.map((change) => `  ${visible(change)}`);
  return [`changed at ${place}:`, ...what, ""];
}

async function scanPlace(
  place: Place,
  options: ScanOptions,
  looking: Looking,
  progress: (connections: number | null) => void,
): Promise<Scanned> {
  const looked = await lookAt(place, options, looking);
  if (!speaksTls(looked.observation.outcome)) return { ...looked, scan: null, grades: null, score: null };
  const limit = createLimit(atOnce);
  let connections = 0;
  const world: AskWorld = {
    target: place.target,
    serverName: place.host,
    allowPrivate: options.allowPrivate ?? false,
    ehloName: looking.ehloName,
    timeoutMs: options.timeout,
    dial: looking.dial,
    monotonic: looking.clock.monotonic,
  };
  const connect = <T>(work: () => Promise<T>): Promise<T> =>
    limit(() => {
      progress(++connections);
      return work();
    });
  const scanWorld: ScanWorld = {
    target: place.target,
    serverName: place.host,
    at: looking.clock.now(),
    ask: patient((question) => connect(() => ask(question, world)), { waits, sleep: (ms) => sleep(ms) }),
    askSslv2: () => connect(() => askSslv2(world)),
    connections: () => connections,
  };
  const found = options.grade ? await scanGraded(scanWorld, judges) : await scan(scanWorld);
  progress(null);
  const { judgement } = looked;
  const findings = [...judgement.findings, ...acceptedFindings(found, defaultFloor)];
  const leaves = leavesOf(found, looked.observation.outcome);
  return {
    ...looked,
    judgement: { ...judgement, findings },
    scan: found,
    grades: gradesOf(found, leaves),
    score: scoreOf(found, leaves),
  };
}

/** It came to a hello: where it didn't, there is nothing to scan, and nothing is asked. */
function speaksTls({ kind }: Outcome): boolean {
  return kind === "encrypted" || kind === "handshake-failed" || kind === "handshake-broken";
}

/** One line that is written over, on a terminal; null clears it. */
function progressOn({ stdout, stderr }: Io, { json }: ScanOptions): (connections: number | null) => void {
  if (stdout.isTTY !== true || json === true) return () => {};
  return (connections) => stderr.write(connections === null ? "\r\x1b[K" : `\r${connections} connections\x1b[K`);
}
