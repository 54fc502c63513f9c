/** HTTP API → the same app that `chainmail up` serves, open to whoever has a token. */

import { SNSClient } from "@aws-sdk/client-sns";
import { handle, type LambdaEvent } from "hono/aws-lambda";
import { createApp } from "../lib/status/app.ts";
import { systemClock } from "../lib/world/clock.ts";
import { fromEnvironment, intervalMs, optionalFromEnvironment } from "../lib/world/environment.ts";
import { confirmSubscription } from "../lib/world/subscriptions.ts";
import packageFile from "../package.json" with { type: "json" };
import { once } from "./once.ts";
import { store } from "./store.ts";

const sns = once(() => new SNSClient({ maxAttempts: 2 }));

const answer = once(() => {
  const edgeSecret = optionalFromEnvironment("edgeSecret");
  return handle(
    createApp({
      store: store(),
      now: systemClock,
      everyMs: intervalMs(),
      auth: { kind: "tokens" },
      baseUrl: fromEnvironment("statusUrl"),
      version: packageFile.version,
      ...(edgeSecret !== null && { edgeSecret }),
      topic: {
        arns: [
          fromEnvironment("topic"),
          ...(optionalFromEnvironment("second") === null ? [] : [fromEnvironment("second")]),
        ],
        confirm: (link) => confirmSubscription(sns(), link),
      },
    }),
  );
});

export const handler = (event: LambdaEvent) => answer()(event);
