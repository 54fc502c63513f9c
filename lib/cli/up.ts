/** `chainmail up`: all steps in one process until it is told to stop. Without customers it runs the demo. */

import { existsSync } from "node:fs";
import packageJson from "../../package.json" with { type: "json" };
import { run } from "../local/run.ts";
import { untold } from "../local/untold.ts";
import { InputError } from "../model/input-error.ts";
import type { StatusContext } from "../status/context.ts";
import { openTables } from "../store/copy.ts";
import { openEmbedded } from "../store/embedded.ts";
import type { Store } from "../store/store.ts";
import { createConsoleChannel } from "../world/channels/console.ts";
import { createAlertFile } from "../world/channels/file.ts";
import { findTexter } from "../world/channels/phones.ts";
import { demoCommand } from "./demo.ts";
import type { ExitCode } from "./exit.ts";
import { importFile } from "./import.ts";
import type { Io } from "./io.ts";
import { lookingFor } from "./looking.ts";
import { reportFailure, sayTo } from "./say.ts";
import { stopSignal } from "./signal.ts";

interface UpOptions {
  readonly data: string;
  readonly customers?: string;
  readonly yes?: boolean;
  readonly port: number;
  readonly listen: string;
  readonly url?: string;
  readonly every: number;
  readonly ca?: string;
  readonly timeout: number;
  readonly alerts?: string;
  readonly resolver?: readonly string[];
  readonly ehlo?: string;
}

const loopback = new Set(["127.0.0.1", "::1", "localhost"]);

export async function upCommand(options: UpOptions, io: Io): Promise<ExitCode> {
  if (options.customers === undefined && !existsSync(options.data)) return demoCommand(options, io);
  const { resolver, second, tls, clock, ehloName } = lookingFor(options);
  let found: ReturnType<typeof findTexter> | undefined;
  const texter = () => (found ??= findTexter());
  const embedded = await openEmbedded(options.data);
  try {
    const { store } = embedded;
    if ((await openTables(embedded.client, embedded.tables).unfinished()) !== null)
      throw new InputError(`${options.data} holds half a fleet: finish the import into it first`);
    const yes = options.yes ?? false;
    if (options.customers !== undefined) await importFile(store, options.customers, { yes, resolver }, io);
    else if (!(await hasCustomers(store))) return await demoCommand(options, io);
    const auth = await authOf(store, options);
    const say = sayTo(io.stdout, clock.now);
    const running = await run({
      store,
      resolver,
      second,
      tls,
      clock,
      ehloName,
      timeoutMs: options.timeout,
      everyMs: options.every,
      listen: options.listen,
      port: options.port,
      auth,
      publicUrl: options.url ?? null,
      texter,
      operators: [createConsoleChannel((text) => io.stdout.write(text))],
      alertLog: options.alerts === undefined ? null : createAlertFile(options.alerts),
      version: packageJson.version,
      say,
      failed: reportFailure(io.stderr, clock.now),
    });
    io.stdout.write(
      `page and API: ${running.url}/  (${auth.kind === "open" ? "no token asked for: loopback only" : "log in with a token"})\n`,
    );
    for (const line of await untold(store.config, texter)) io.stderr.write(`${line}\n`);
    running.start();
    await stopSignal();
    say("stop", "no new looks; what is under way is kept");
    await running.stop();
    return 0;
  } finally {
    await embedded.close();
  }
}

async function hasCustomers(store: Store): Promise<boolean> {
  for await (const _ of store.config.customers()) return true;
  return false;
}

/** Without a token nobody can be asked for one: then only this machine may connect. */
async function authOf(store: Store, { listen, url }: UpOptions): Promise<StatusContext["auth"]> {
  if (await store.config.hasTokens()) return { kind: "tokens" };
  const make = "without a token the page is served on loopback only; make one with 'chainmail token create'";
  if (url !== undefined) throw new InputError(`--url: '${url}': ${make}`);
  if (!loopback.has(listen)) throw new InputError(`--listen: '${listen}': ${make}`);
  return { kind: "open" };
}
