/** The records of one SQS event, each on its own: a bad one fails alone, with a log line, and comes again until it is a dead letter. */

import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { log, type Step } from "./log.ts";
import type { Parsed } from "./messages.ts";

/** One after the other: records of one slice would only get in each other's way. */
export async function eachRecord<T>(
  step: Step,
  event: SQSEvent,
  parse: (body: string) => Parsed<T>,
  work: (message: T) => Promise<void>,
): Promise<SQSBatchResponse> {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { messageId, body } of event.Records) {
    const why = await failureOf(parse(body), work);
    if (why === null) continue;
    log(step, "error", why, { messageId });
    batchItemFailures.push({ itemIdentifier: messageId });
  }
  return { batchItemFailures };
}

async function failureOf<T>(parsed: Parsed<T>, work: (message: T) => Promise<void>): Promise<string | null> {
  if (parsed.kind === "malformed") return `unreadable message: ${parsed.why}`;
  try {
    await work(parsed.value);
    return null;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
