/** The demo on a terminal: a story in lines, with a link to the page, until Ctrl-C. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { importFleet } from "../customers/import.ts";
import { parseFleet } from "../customers/parse.ts";
import { startDemo } from "../local/demo/demo.ts";
import { demoConfirmation } from "../local/demo/world.ts";
import { run } from "../local/run.ts";
import { InputError } from "../model/input-error.ts";
import { createTlsKit } from "../protocols/tls/kit.ts";
import { loadRoots } from "../protocols/x509/roots.ts";
import { openEmbedded } from "../store/embedded.ts";
import { createConsoleChannel } from "../world/channels/console.ts";
import { createAlertFile } from "../world/channels/file.ts";
import { systemClock } from "../world/clock.ts";
import type { ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { reportFailure, sayTo } from "./say.ts";
import { stopSignal } from "./signal.ts";

const everyMs = 3_000;
const timeoutMs = 5_000;
const lossAtMs = 20_000;
const lossForMs = 25_000;

export async function demoCommand(
  options: { readonly port: number; readonly alerts?: string },
  io: Io,
): Promise<ExitCode> {
  const folder = await mkdtemp(join(tmpdir(), "chainmail-demo-"));
  const customersPath = join(folder, "customers.yaml");
  const alertsPath = options.alerts ?? join(folder, "alerts.jsonl");
  const demo = await startDemo();
  const embedded = await openEmbedded(null);
  const { store } = embedded;
  const timers: NodeJS.Timeout[] = [];
  try {
    await writeFile(customersPath, demo.customersFile);
    const { fleet } = parseFleet(demo.customersFile, { file: customersPath, format: "yaml" });
    const policy = { ...fleet.settings.policy, ...demoConfirmation };
    const settings = { ...fleet.settings, policy };
    await importFleet(store.config, { ...fleet, settings }, { dryRun: false, partial: false, yes: false });
    const say = sayTo(io.stdout, systemClock);
    const start = (port: number) =>
      run({
        store,
        resolver: demo.resolver,
        tls: createTlsKit(loadRoots({ extraPem: demo.root })),
        clock: { now: systemClock, monotonic: () => performance.now() },
        ehloName: "demo.chainmail.example",
        timeoutMs,
        everyMs,
        listen: "127.0.0.1",
        port,
        auth: { kind: "open" },
        operators: [createConsoleChannel((text) => io.stdout.write(text))],
        alertLog: createAlertFile(alertsPath),
        version: packageJson.version,
        say,
        failed: reportFailure(io.stderr, systemClock),
      });
    // A demo takes whatever port is free; the link says which.
    const running = await start(options.port).catch((error) => {
      if (error instanceof InputError) return start(0);
      throw error;
    });
    io.stdout.write(welcome({ url: running.url, customersPath, alertsPath }));
    running.start();
    timers.push(
      setTimeout(() => {
        say("demo", `${demo.culprit.name} stops offering STARTTLS now: watch what happens`);
        demo.culprit.offerStarttls(false);
      }, lossAtMs),
      setTimeout(() => {
        say("demo", `${demo.culprit.name} offers STARTTLS again`);
        demo.culprit.offerStarttls(true);
      }, lossAtMs + lossForMs),
    );
    await stopSignal();
    await running.stop();
    return 0;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    await embedded.close();
    await demo.stop();
    if (options.alerts === undefined) await rm(folder, { recursive: true });
  }
}

function welcome({
  url,
  customersPath,
  alertsPath,
}: {
  url: string;
  customersPath: string;
  alertsPath: string;
}): string {
  return `Chainmail demo. The page: ${url}/customers/acme   (all customers: ${url}/)

Three customers behind one mail gateway, all on this machine: nothing leaves it.
  acme     all is well, for 20 seconds: then its server stops offering STARTTLS, for 25 seconds
  globex   encrypted, but its certificate is self-signed: unverified
  initech  an account made before 2016: its TLS mode is disabled at the gateway, so its mail goes on in clear
Each server is looked at every ${everyMs / 1_000} s (really: 5 min), a loss is confirmed after 2, 4, 6 s (really: 20, 40, 60 s),
and it is over after 8 clean seconds (really: 10 min).
  customers file  ${customersPath}
  alerts file     ${alertsPath}
Your own domain, just once:       npx chainmail check example.com
Your own domains, all the time:   npx chainmail up --customers customers.yaml
Stop with Ctrl-C.

`;
}
