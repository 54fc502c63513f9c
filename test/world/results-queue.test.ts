import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openResultsQueue } from "../../lib/world/results-queue.ts";

interface Batch {
  readonly QueueUrl: string;
  readonly Entries: readonly { readonly Id: string; readonly MessageBody: string; readonly DelaySeconds: number }[];
}

describe("the results queue of a stack", () => {
  let server: Server;
  const asked: { action: string; input: unknown }[] = [];

  beforeEach(async () => {
    asked.length = 0;
    server = createServer(async (request, response) => {
      const action = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
      const input = await json(request);
      asked.push({ action, input });
      response.setHeader("content-type", "application/x-amz-json-1.0");
      if (action === "GetQueueUrl" && (input as { QueueName: string }).QueueName !== "Chainmail-results")
        response.writeHead(400).end(JSON.stringify({ __type: "com.amazonaws.sqs#QueueDoesNotExist", message: "no" }));
      else if (action === "GetQueueUrl") response.end(JSON.stringify({ QueueUrl: `${url()}/1/Chainmail-results` }));
      else response.end(JSON.stringify(taken(input as Batch)));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    vi.stubEnv("AWS_ENDPOINT_URL_SQS", url());
    vi.stubEnv("AWS_REGION", "eu-central-1");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "key");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });

  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const taken = ({ Entries }: Batch) => ({
    Successful: Entries.map(({ Id, MessageBody }) => {
      return { Id, MessageId: Id, MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex") };
    }),
  });

  it("is found by the stack's name, and takes messages with their delay", async () => {
    const queue = await openResultsQueue("Chainmail");
    await queue.send([{ body: "{}", delaySeconds: 20 }]);
    queue.close();
    expect(asked).toMatchObject([
      { action: "GetQueueUrl" },
      {
        action: "SendMessageBatch",
        input: { QueueUrl: `${url()}/1/Chainmail-results`, Entries: [{ MessageBody: "{}", DelaySeconds: 20 }] },
      },
    ]);
  });

  it("that isn't there is said in a sentence", async () => {
    await expect(openResultsQueue("Other")).rejects.toThrow(
      "the queue 'Other-results' can't be reached: it isn't there; deploy this version of the stack",
    );
  });
});
