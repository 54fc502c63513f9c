/**
 * What comes in from queues and schedules. Written by our own steps, perhaps by another version of them:
 * bounded, and looked at before it is believed.
 */

import { isIP } from "node:net";
import { flawsWanted, type ScanJob, type ScanResults, type ScanTask } from "../lib/model/deep-scan.ts";
import type { DrillResults, ProbeAnswer, ProbeJob, ProbeResults, ProbeTask, QueuedResults } from "../lib/model/jobs.ts";
import type { Clock } from "../lib/model/ports.ts";
import { sliceSize } from "../lib/model/roster.ts";
import type { Target } from "../lib/model/target.ts";
import { mostBytes } from "../lib/world/queue.ts";

export type Parsed<T> =
  | { readonly kind: "parsed"; readonly value: T }
  | { readonly kind: "malformed"; readonly why: string };

/** A look at each target, and at one further name of each. */
const mostTasks = 2 * sliceSize;
const mostRounds = 10;
/** Of a host name (RFC 1035 §2.3.4), and of a fingerprint. */
const longestText = 512;

export function parseJob(body: string): Parsed<ProbeJob | ScanJob> {
  return parse(body, (job: Unchecked<ProbeJob> & Unchecked<ScanJob>) => {
    if (job.v === 4) return checkScanJob(job);
    checkLook(job);
    check("notAfter", job.notAfter, isCount);
    for (const [index, task] of list("tasks", job.tasks).entries()) checkTask(`tasks[${index}]`, task);
  });
}

/** Looks at a slice's targets, what scans brought, or one made-up look of a drill. */
export function parseResults(body: string): Parsed<QueuedResults> {
  return parse(body, (results: Unchecked<ProbeResults> & Unchecked<DrillResults> & Unchecked<ScanResults>) => {
    if (results.v === 2) return checkDrill(results);
    if (results.v === 4) return checkScanResults(results);
    checkLook(results);
    check("part", results.part, isCount);
    for (const [index, answer] of list("answers", results.answers).entries()) checkAnswer(`answers[${index}]`, answer);
  });
}

/** The trace that a wake-up carries; null: none, as of an earlier release. It wakes whatever it is. */
export function traceOfWakeUp(body: string): string | null {
  const read = parse(body, (wakeUp: Unchecked<{ trace: string }>) => check("trace", wakeUp.trace, isText));
  return read.kind === "parsed" ? (read.value as { readonly trace: string }).trace : null;
}

/** What EventBridge Scheduler puts the time in place of; an emulator of it may leave it as it is. */
const unfilled = "<aws.scheduler.scheduled-time>";

/** What EventBridge Scheduler sends: `{ "v": 1, "at": "2026-11-25T03:00:00Z" }`, the time it was meant for. Epoch ms. */
export function parseSchedule(event: unknown, now: Clock): number {
  const { v, at } = isObject(event) ? event : {};
  if (v === 1 && at === unfilled) return now();
  const time = typeof at === "string" && at.length <= 40 ? Date.parse(at) : Number.NaN;
  if (v !== 1 || Number.isNaN(time)) throw new Error(`expected { v: 1, at: TIME }, not ${shown(event)}`);
  return time;
}

type Unchecked<T> = { readonly [key in keyof T]?: unknown };

/** Thrown and caught in this file only. */
class Malformed extends Error {}

/** The shape's owner is the compiler; what is checked here is that the bytes have it. */
function parse<T, U = Unchecked<T>>(body: string, checkShape: (value: U) => void): Parsed<T> {
  if (Buffer.byteLength(body) > mostBytes) return { kind: "malformed", why: `longer than ${mostBytes} bytes` };
  try {
    const value: unknown = JSON.parse(body);
    if (!isObject(value)) return { kind: "malformed", why: `expected an object, not ${shown(value)}` };
    checkShape(value as U);
    return { kind: "parsed", value: value as unknown as T };
  } catch (error) {
    if (error instanceof Malformed) return { kind: "malformed", why: error.message };
    return { kind: "malformed", why: `not JSON: ${shown(body)}` };
  }
}

function checkLook(look: Unchecked<ProbeJob> | Unchecked<ProbeResults>): void {
  check("v", look.v, (v) => v === 1);
  check("slice", look.slice, isCount);
  checkPlace(look);
}

function checkDrill(results: Unchecked<DrillResults>): void {
  check("drill", results.drill, isText);
  checkPlace(results);
  check("observation", results.observation, isObservation);
}

function checkPlace({ cycle, vantage, round }: Unchecked<Pick<ProbeJob, "cycle" | "vantage" | "round">>): void {
  check("cycle", cycle, isCount);
  check("vantage", vantage, isText);
  check("round", round, (round) => isCount(round) && Number(round) <= mostRounds);
}

function checkTask(at: string, task: Unchecked<ProbeTask>): void {
  check(`${at}.slot`, task.slot, isSlot);
  check(`${at}.target`, task.target, isTarget);
  check(`${at}.name`, task.name, isTextOrNull);
  check(`${at}.identity`, task.identity, isBoolean);
  check(`${at}.allowPrivate`, task.allowPrivate, isBoolean);
  check(`${at}.known`, task.known, isText);
}

function checkAnswer(
  at: string,
  answer: Unchecked<ProbeAnswer & { observation: unknown; fingerprint: unknown }>,
): void {
  check(`${at}.slot`, answer.slot, isSlot);
  check(`${at}.name`, answer.name, isTextOrNull);
  check(`${at}.identity`, answer.identity, isBoolean);
  check(`${at}.kind`, answer.kind, (kind) => kind === "same" || kind === "seen" || kind === "not-tried");
  if (answer.kind !== "not-tried") check(`${at}.fingerprint`, answer.fingerprint, isText);
  if (answer.kind === "seen") check(`${at}.observation`, answer.observation, isObservation);
}

function checkScanJob({ cycle, vantage, notAfter, gapMs, tasks }: Unchecked<ScanJob>): void {
  check("cycle", cycle, isCount);
  check("vantage", vantage, isText);
  check("notAfter", notAfter, isCount);
  check("gapMs", gapMs, isCount);
  for (const [index, task] of list("tasks", tasks).entries()) {
    const at = `tasks[${index}]`;
    checkScan(at, task);
    check(`${at}.target`, task.target, isTarget);
    check(`${at}.name`, task.name, isTextOrNull);
    check(`${at}.allowPrivate`, task.allowPrivate, isBoolean);
    check(`${at}.trail`, task.trail, isTrail);
    check(`${at}.again`, task.again, (again) => again === null || isCount(again));
    check(`${at}.most`, task.most, isCount);
  }
}

function checkScanResults({ cycle, vantage, answers }: Unchecked<ScanResults>): void {
  check("cycle", cycle, isCount);
  check("vantage", vantage, isText);
  for (const [index, answer] of list("answers", answers).entries()) {
    const at = `answers[${index}]`;
    checkScan(at, answer);
    check(`${at}.target`, answer.target, isText);
    check(`${at}.at`, answer.at, isCount);
    check(`${at}.kind`, answer.kind, (kind) => kind === "same" || kind === "news" || kind === "not-tried");
    if (answer.kind !== "news") continue;
    check(`${at}.trail`, answer.trail, isTrail);
    check(`${at}.exhibits`, answer.exhibits, isExhibits);
    check(`${at}.stopped`, answer.stopped, (stopped) => stopped === null || (isObject(stopped) && isText(stopped.how)));
  }
}

/** What a scan's task and its answer share. */
function checkScan(at: string, { slice, slot, depth, flaws, beside, version }: Unchecked<ScanTask>): void {
  check(`${at}.slice`, slice, isCount);
  check(`${at}.slot`, slot, isSlot);
  check(`${at}.depth`, depth, (depth) => depth === "grade" || depth === "full");
  check(`${at}.flaws`, flaws, (wanted) => flawsWanted.some((each) => each === wanted));
  check(`${at}.beside`, beside, isText);
  check(`${at}.version`, version, isCount);
}

const mostAnswers = 1_000;

function isTrail(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length <= mostAnswers &&
    value.every((entry) => isObject(entry) && isText(entry.question) && isObject(entry.answer))
  );
}

function isExhibits(value: unknown): boolean {
  return isObject(value) && isObject(value.certificates) && isObject(value.primes);
}

function list(at: string, value: unknown): readonly Record<string, unknown>[] {
  check(at, value, (list) => Array.isArray(list) && list.length <= mostTasks && list.every(isObject));
  return value as readonly Record<string, unknown>[];
}

function check(at: string, value: unknown, isRight: (value: unknown) => boolean): void {
  if (!isRight(value)) throw new Malformed(`${at}: ${shown(value)} isn't right`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isSlot(value: unknown): boolean {
  return isCount(value) && Number(value) < sliceSize;
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.length <= longestText;
}

function isTextOrNull(value: unknown): boolean {
  return value === null || isText(value);
}

function isBoolean(value: unknown): boolean {
  return typeof value === "boolean";
}

function isTarget(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { address, port, tls }: Unchecked<Target> = value;
  const isPort = isCount(port) && Number(port) >= 1 && Number(port) <= 65_535;
  return typeof address === "string" && isIP(address) !== 0 && isPort && (tls === "starttls" || tls === "implicit");
}

function isObservation(value: unknown): boolean {
  return isObject(value) && isTarget(value.target) && isObject(value.outcome) && Array.isArray(value.transcript);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
