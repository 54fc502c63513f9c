/** One process that does it all: schedule, steps, API and pages. */

import type { AlertLog, Channel, Resolver } from "../model/ports.ts";
import type { ProbeClock } from "../protocols/smtp/probe.ts";
import type { TlsKit } from "../protocols/tls/kit.ts";
import type { StatusContext } from "../status/context.ts";
import type { Store } from "../store/store.ts";
import { composeSteps } from "./compose.ts";
import { startEngine } from "./engine.ts";
import { narrator } from "./narrate.ts";
import { serve } from "./serve.ts";

export interface RunOptions {
  readonly store: Store;
  readonly resolver: Resolver;
  readonly tls: TlsKit;
  readonly clock: ProbeClock;
  readonly ehloName: string;
  readonly timeoutMs: number;
  readonly everyMs: number;
  readonly listen: string;
  readonly port: number;
  readonly auth: StatusContext["auth"];
  readonly operators: readonly Channel[];
  readonly alertLog: AlertLog | null;
  readonly version: string;
  readonly say: (step: string, line: string) => void;
  readonly failed: (step: string, error: unknown) => void;
}

export interface Running {
  /** Where the pages are. */
  readonly url: string;
  /** Begins the schedule. */
  start(): void;
  stop(): Promise<void>;
}

const tickMs = 1_000;
const graceMs = 2_000;

export async function run(options: RunOptions): Promise<Running> {
  const { store, clock, everyMs, auth, version, say, failed } = options;
  const { now } = clock;
  const serving = await serve({ store, now, everyMs, auth, baseUrl: null, version }, options.listen, options.port);
  let engine: ReturnType<typeof startEngine> | undefined;
  return {
    url: serving.url,
    start() {
      const steps = composeSteps({ ...options, baseUrl: serving.url, listener: narrator(say) });
      engine = startEngine(steps, { everyMs, tickMs, now, failed });
    },
    async stop() {
      await engine?.stop(graceMs);
      await serving.close();
    },
  };
}
