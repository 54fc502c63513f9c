/** SQS and Lambda on loopback, as far as dead letters need them: queues with tags, messages that are hidden while somebody holds them, and calls. */

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { vi } from "vitest";

interface FakeMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  hidden: boolean;
}

interface FakeQueue {
  readonly tags: Readonly<Record<string, string>>;
  messages: FakeMessage[];
}

interface Input {
  readonly QueueUrl: string;
  readonly QueueNamePrefix?: string;
  readonly MaxNumberOfMessages?: number;
  readonly MessageBody?: string;
  readonly ReceiptHandle?: string;
  readonly Entries?: readonly { readonly ReceiptHandle: string }[];
}

export async function startDeadLetters() {
  const queues = new Map<string, FakeQueue>();
  const called: { readonly name: string; readonly payload: string }[] = [];
  /** Actions that fail from now on. */
  const failing = new Set<string>();
  let made = 0;

  const server = createServer(async (request, response) => {
    const body = await text(request);
    const action =
      String(request.headers["x-amz-target"] ?? "Invoke")
        .split(".")
        .at(-1) ?? "";
    response.setHeader("content-type", "application/x-amz-json-1.0");
    if (failing.has(action)) {
      response.writeHead(403).end(JSON.stringify({ __type: "AccessDeniedException", message: `${action} refused` }));
    } else if (action === "Invoke") {
      called.push({ name: /functions\/([^/]+)/.exec(request.url ?? "")?.[1] ?? "", payload: body });
      response.writeHead(202).end();
    } else response.end(JSON.stringify(answer(action, JSON.parse(body) as Input)));
  });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const urlOf = (name: string) => `${url()}/1/${name}`;

  function answer(action: string, input: Input): unknown {
    const queue = queues.get(input.QueueUrl?.split("/").at(-1) ?? "");
    const messages = queue?.messages ?? [];
    switch (action) {
      case "ListQueues":
        return {
          QueueUrls: [...queues.keys()].filter((name) => name.startsWith(input.QueueNamePrefix ?? "")).map(urlOf),
        };
      case "ListQueueTags":
        return { Tags: queue?.tags };
      case "GetQueueAttributes":
        return { Attributes: { ApproximateNumberOfMessages: String(messages.length) } };
      case "ReceiveMessage":
        return {
          Messages: messages
            .filter(({ hidden }) => !hidden)
            .slice(0, input.MaxNumberOfMessages)
            .map(received),
        };
      case "ChangeMessageVisibilityBatch":
        for (const { ReceiptHandle } of input.Entries ?? []) {
          const message = messages.find(({ id }) => id === ReceiptHandle);
          if (message) message.hidden = false;
        }
        return { Successful: [] };
      case "SendMessage":
        queue?.messages.push({ id: `m${++made}`, body: input.MessageBody ?? "", attributes: {}, hidden: false });
        return { MessageId: "sent", MD5OfMessageBody: md5(input.MessageBody ?? "") };
      case "DeleteMessage":
        if (queue) queue.messages = messages.filter(({ id }) => id !== input.ReceiptHandle);
        return {};
      default:
        throw new Error(`the fake knows no ${action}`);
    }
  }

  function received(message: FakeMessage): unknown {
    message.hidden = true;
    const { id, body, attributes } = message;
    return {
      MessageId: id,
      ReceiptHandle: id,
      Body: body,
      MD5OfBody: md5(body),
      Attributes: { SentTimestamp: "1700000000000" },
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
      ),
    };
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const environment = {
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "key",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL_SQS: url(),
    AWS_ENDPOINT_URL_LAMBDA: url(),
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);

  return {
    called,
    failing,
    addQueue(name: string, stack: string, logicalId: string) {
      const tags = { "aws:cloudformation:stack-name": stack, "aws:cloudformation:logical-id": logicalId };
      queues.set(name, { tags, messages: [] });
    },
    put(name: string, body: string, attributes: Readonly<Record<string, string>> = {}) {
      queues.get(name)?.messages.push({ id: `m${++made}`, body, attributes, hidden: false });
    },
    bodies: (name: string) => queues.get(name)?.messages.map(({ body }) => body) ?? [],
    hidden: (name: string) => queues.get(name)?.messages.filter(({ hidden }) => hidden).length ?? 0,
    async close() {
      vi.unstubAllEnvs();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function md5(body: string): string {
  return createHash("md5").update(body).digest("hex");
}
