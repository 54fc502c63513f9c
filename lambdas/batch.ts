/** The records of one SQS event, each on its own: a bad one fails alone, with a log line, and comes again until it is a dead letter. */

import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { log, type Step } from "./log.ts";
import type { Parsed } from "./messages.ts";

export interface RecordWork<T> {
  readonly step: Step;
  readonly parse: (body: string) => Parsed<T>;
  readonly work: (message: T) => Promise<void>;
}

/** For work that mostly waits. */
export async function recordsAtOnce<T>(event: SQSEvent, work: RecordWork<T>): Promise<SQSBatchResponse> {
  return response(await Promise.all(event.Records.map((record) => isDone(record, work))), event);
}

/** For work on items that two records would change at the same time. */
export async function recordsInTurn<T>(event: SQSEvent, work: RecordWork<T>): Promise<SQSBatchResponse> {
  const done: boolean[] = [];
  for (const record of event.Records) done.push(await isDone(record, work));
  return response(done, event);
}

async function isDone<T>({ messageId, body }: SQSRecord, { step, parse, work }: RecordWork<T>): Promise<boolean> {
  const parsed = parse(body);
  if (parsed.kind === "malformed") {
    log(step, "error", `unreadable message: ${parsed.why}`, { messageId });
    return false;
  }
  try {
    await work(parsed.value);
    return true;
  } catch (error) {
    log(step, "error", error instanceof Error ? (error.stack ?? error.message) : String(error), { messageId });
    return false;
  }
}

function response(done: readonly boolean[], { Records }: SQSEvent): SQSBatchResponse {
  const failed = Records.filter((_, index) => done[index] !== true);
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
