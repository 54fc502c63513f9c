/** One process that does it all: schedule, steps, API and pages. */

import type { StatusContext } from "../status/context.ts";
import { ping } from "../world/ping.ts";
import { composeSteps, type LocalWorld } from "./compose.ts";
import { startEngine } from "./engine.ts";
import { narrator } from "./narrate.ts";
import { serve } from "./serve.ts";
import { watch } from "./watch.ts";

export interface RunOptions extends Omit<LocalWorld, "baseUrl" | "listener"> {
  readonly listen: string;
  readonly port: number;
  readonly auth: StatusContext["auth"];
  /** Where people reach the pages from elsewhere; null or left out: where they are served. */
  readonly publicUrl?: string | null;
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
const checkMs = 15_000;

export async function run(options: RunOptions): Promise<Running> {
  const { store, clock, everyMs, auth, publicUrl = null, version, say, failed } = options;
  const { now } = clock;
  const serving = await serve({ store, now, everyMs, auth, baseUrl: publicUrl, version }, options.listen, options.port);
  const baseUrl = publicUrl ?? serving.url;
  let engine: ReturnType<typeof startEngine> | undefined;
  let checks: NodeJS.Timeout | undefined;
  return {
    url: serving.url,
    start() {
      const steps = composeSteps({ ...options, baseUrl, listener: narrator(say) });
      const { operators, tls } = options;
      const watching = { store, now, everyMs, operators, roots: tls.roots.pems, baseUrl, ping };
      const watched = watch(steps, { ...watching, say: (line) => say("watchdog", line) });
      engine = startEngine(watched.steps, { everyMs, tickMs, now, failed });
      checks = setInterval(() => void watched.check(), Math.min(checkMs, everyMs));
    },
    async stop() {
      clearInterval(checks);
      await engine?.stop(graceMs);
      await serving.close();
    },
  };
}
