import type { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { batches, createQueue, type QueuedMessage } from "../../lib/world/queue.ts";

const message = (body: string, delaySeconds = 0): QueuedMessage => ({ body, delaySeconds });

/** A client whose first answers fail the messages whose bodies are named. */
function clientFailing(rounds: readonly (readonly string[])[], senderFault = false) {
  const sent: string[][] = [];
  const send = async ({ input }: SendMessageBatchCommand) => {
    const failing = rounds[sent.length] ?? [];
    sent.push((input.Entries ?? []).map(({ MessageBody = "" }) => MessageBody));
    const failed = (input.Entries ?? []).filter(({ MessageBody = "" }) => failing.includes(MessageBody));
    return { Failed: failed.map(({ Id }) => ({ Id, SenderFault: senderFault, Code: "Throttled" })) };
  };
  return { client: { send } as unknown as SQSClient, sent };
}

describe("messages to SQS", () => {
  it("go ten at a time and 256 kB at a time", () => {
    const sizes = (bodies: readonly string[]) =>
      batches(bodies.map((body) => message(body))).map(({ length }) => length);
    expect(sizes(Array.from({ length: 23 }, () => "x"))).toEqual([10, 10, 3]);
    expect(sizes(["x".repeat(200_000), "x".repeat(62_144), "x"])).toEqual([2, 1]);
    expect(sizes(["é".repeat(131_072), "x"])).toEqual([1, 1]);
    expect(sizes([])).toEqual([]);
  });

  it("that the service could not take are sent again, and only they", async () => {
    const { client, sent } = clientFailing([["b"], ["b"]]);
    await createQueue(client, "url").send([message("a"), message("b")]);
    expect(sent).toEqual([["a", "b"], ["b"], ["b"]]);
  });

  it("that are refused three times are an error", async () => {
    const { client, sent } = clientFailing([["b"], ["b"], ["b"]]);
    await expect(createQueue(client, "url").send([message("b")])).rejects.toThrow(
      "1 messages were not sent to url: Throttled",
    );
    expect(sent).toHaveLength(3);
  });

  it("that are our own fault aren't tried again", async () => {
    const { client, sent } = clientFailing([["b"]], true);
    await expect(createQueue(client, "url").send([message("b")])).rejects.toThrow("not sent");
    expect(sent).toHaveLength(1);
  });
});
