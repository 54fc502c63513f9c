/** Jobs for a vantage in another region: the request is signed for the region of its queue. */

import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, expect, it, vi } from "vitest";
import { sendJobs, vantages } from "../../lambdas/clients.ts";
import { environmentNames } from "../../lib/world/environment.ts";

const queues = {
  here: "https://sqs.eu-central-1.amazonaws.com/123456789012/Chainmail-VantageJobs",
  "us-east-1": "https://sqs.us-east-1.amazonaws.com/123456789012/Chainmail-jobs",
};

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

it("each job goes to the queue of its vantage, wherever that is", async () => {
  vi.stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv(environmentNames.jobQueues, JSON.stringify(queues));
  const asked: { readonly region: string; readonly url: string | undefined }[] = [];
  vi.spyOn(SQSClient.prototype, "send").mockImplementation(async function (this: SQSClient, command: unknown) {
    if (!(command instanceof SendMessageBatchCommand)) throw new Error("expected a batch");
    asked.push({ region: await this.config.region(), url: command.input.QueueUrl });
    return {};
  });
  const jobOf = (vantage: string) => ({
    job: { v: 1, cycle: 1, slice: 0, vantage, round: 0, notAfter: 1, tasks: [] } as const,
    delayMs: 0,
  });
  expect(vantages()).toEqual(["here", "us-east-1"]);
  expect(await sendJobs([jobOf("here"), jobOf("us-east-1"), jobOf("nowhere")])).toEqual(["nowhere"]);
  expect(asked).toEqual([
    { region: "eu-central-1", url: queues.here },
    { region: "us-east-1", url: queues["us-east-1"] },
  ]);
});
