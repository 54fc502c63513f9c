/** The records of one SQS event, each on its own: a bad one fails alone, with a log line, and comes again until it is a dead letter. One line says what became of all. */

import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { log, type Step } from "./log.ts";
import type { Parsed } from "./messages.ts";

export interface RecordWork<T> {
  readonly step: Step;
  readonly parse: (body: string) => Parsed<T>;
  readonly work: (message: T) => Promise<Worked>;
}

export interface Worked {
  readonly trace: string;
  /** Added up over the batch. */
  readonly counts: Readonly<Record<string, number>>;
}

/** For work that mostly waits. */
export async function recordsAtOnce<T>(event: SQSEvent, work: RecordWork<T>): Promise<SQSBatchResponse> {
  return response(await Promise.all(event.Records.map((record) => workedOn(record, work))), event, work.step);
}

/** For work on items that two records would change at the same time. */
export async function recordsInTurn<T>(event: SQSEvent, work: RecordWork<T>): Promise<SQSBatchResponse> {
  const done: (Worked | null)[] = [];
  for (const record of event.Records) done.push(await workedOn(record, work));
  return response(done, event, work.step);
}

/** Null: it failed. */
async function workedOn<T>(
  { messageId, body }: SQSRecord,
  { step, parse, work }: RecordWork<T>,
): Promise<Worked | null> {
  const parsed = parse(body);
  if (parsed.kind === "malformed") {
    log(step, "error", `unreadable message: ${parsed.why}`, { messageId });
    return null;
  }
  try {
    return await work(parsed.value);
  } catch (error) {
    log(step, "error", error instanceof Error ? (error.stack ?? error.message) : String(error), { messageId });
    return null;
  }
}

function response(all: readonly (Worked | null)[], { Records }: SQSEvent, step: Step): SQSBatchResponse {
  const failed = Records.filter((_, index) => all[index] === null);
  const done = all.filter((one) => one !== null);
  const counts: Record<string, number> = {};
  for (const [name, count] of done.flatMap((one) => Object.entries(one.counts)))
    counts[name] = (counts[name] ?? 0) + count;
  const traces = [...new Set(done.map(({ trace }) => trace))];
  log(step, "info", "batch", { records: Records.length, failed: failed.length, ...counts, traces });
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
