/** Events as AWS sends them. */

import type { SQSEvent, SQSRecord } from "aws-lambda";

/** What a queue hands to its function: up to ten records, here with the ids `m0`, `m1`, … */
export function sqsEvent(queue: string, bodies: readonly string[]): SQSEvent {
  const Records = bodies.map(
    (body, index): SQSRecord => ({
      messageId: `m${index}`,
      receiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
      body,
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: "1545082649183",
        SenderId: "AIDAIENQZJOLO23YVJ4VO",
        ApproximateFirstReceiveTimestamp: "1545082649185",
      },
      messageAttributes: {},
      md5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
      eventSource: "aws:sqs",
      eventSourceARN: `arn:aws:sqs:eu-central-1:123456789012:${queue}`,
      awsRegion: "eu-central-1",
    }),
  );
  return { Records };
}

/** What EventBridge Scheduler hands over, as the stack asks it to. */
export function scheduled(at: number): unknown {
  return { v: 1, at: new Date(at).toISOString().replace(/\.\d+/, "") };
}

/** An HTTP API's request in payload format 2.0. */
export function httpRequest(method: string, path: string, headers: Readonly<Record<string, string>> = {}) {
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: "",
    headers: { host: "status.example", "x-forwarded-proto": "https", ...headers },
    body: null,
    isBase64Encoded: false,
    requestContext: {
      accountId: "123456789012",
      apiId: "api-id",
      authentication: null,
      authorizer: {},
      domainName: "status.example",
      domainPrefix: "status",
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "agent" },
      requestId: "id",
      routeKey: "$default",
      stage: "$default",
      time: "12/Mar/2026:19:03:58 +0000",
      timeEpoch: 1583348638390,
    },
  };
}
