/** HTTP API → the same app that `chainmail up` serves. */

import { handle } from "hono/aws-lambda";
import { createApp } from "../lib/status/app.ts";
import { systemClock } from "../lib/world/clock.ts";
import { intervalMs } from "../lib/world/environment.ts";
import { store } from "./store.ts";
