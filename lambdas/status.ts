/** HTTP API → the same app that `chainmail up` serves, open to whoever has a token. */

import { handle, type LambdaEvent } from "hono/aws-lambda";
import { createApp } from "../lib/status/app.ts";
import { systemClock } from "../lib/world/clock.ts";
import { fromEnvironment, intervalMs } from "../lib/world/environment.ts";
import packageFile from "../package.json" with { type: "json" };
import { once } from "./once.ts";
import { store } from "./store.ts";

const answer = once(() =>
  handle(
    createApp({
      store: store(),
      now: systemClock,
      everyMs: intervalMs(),
      auth: { kind: "tokens" },
      baseUrl: fromEnvironment("statusUrl"),
      version: packageFile.version,
    }),
  ),
);

export const handler = (event: LambdaEvent) => answer()(event);
