/** `chainmail check`: the whole chain of one domain, by the very steps that watch it, run once over a store in memory. */

import { readHostName } from "../customers/values.ts";
import { composeSteps, type StepListener } from "../local/compose.ts";
import type { RequirementLevel, TlsMode } from "../model/customer.ts";
import { type Customer, type Downstream, defaultFloor, defaultSettings, type Gateway } from "../model/customer.ts";
import { InputError } from "../model/input-error.ts";
import { smtpPort } from "../model/reach.ts";
import { statusJson } from "../status/json/customer.ts";
import { type LoadedCustomer, loadCustomer } from "../status/load.ts";
import { openEmbedded } from "../store/embedded.ts";
import { printChains } from "./chains.ts";
import { type ExitCode, exitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { lookingFor } from "./looking.ts";
import type { LookOptions } from "./options.ts";
import { countingFindings } from "./status.ts";
import { parseTarget } from "./target.ts";

interface CheckOptions extends LookOptions {
  readonly gateway?: string;
  readonly downstream?: string;
  readonly tlsMode?: TlsMode;
  readonly require?: RequirementLevel;
}

const gatewayId = "gateway";
const everyMs = 300_000;

export async function checkCommand(text: string, options: CheckOptions, io: Io): Promise<ExitCode> {
  const allowPrivate = options.allowPrivate ?? false;
  const domain = parseTarget(text, { defaultPort: smtpPort, mx: true, allowPrivate });
  if (domain.kind !== "name" || domain.port !== smtpPort)
    throw new InputError(`'${text}': expected a domain like example.com`);
  const gateway = options.gateway === undefined ? null : gatewayOf(options.gateway);
  const level = options.require ?? "tls";
  const customer: Customer = {
    id: domain.name,
    created: null,
    gateway: gateway && gatewayId,
    domains: [{ name: domain.name, tlsMode: options.tlsMode ?? null }],
    downstream: listOf(options.downstream).map((server) => downstreamOf(server, allowPrivate)),
    require: { gateway: { level, floor: defaultFloor }, downstream: { level, floor: defaultFloor } },
    vantage: { gateway: null, downstream: null },
    allowPrivate,
    contacts: [],
  };
  const loaded = await lookOnce(customer, gateway, options);
  const status = statusJson(loaded.status, { asOf: loaded.asOf, everyMs });
  if (options.json) io.stdout.write(`${JSON.stringify(status, null, 2)}\n`);
  else printChains(status, io);
  return exitCode(loaded.status.verdict, countingFindings(status));
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function gatewayOf(text: string): Gateway {
  const hosts = listOf(text).map((host) => {
    const read = readHostName(host);
    if ("expected" in read) throw new InputError(`--gateway: '${host}': expected ${read.expected}`);
    return read.value;
  });
  return { id: gatewayId, hosts, port: smtpPort };
}

function downstreamOf(text: string, allowPrivate: boolean): Downstream {
  const parsed = inOption("--downstream", () => parseTarget(text, { defaultPort: smtpPort, mx: false, allowPrivate }));
  const { port } = parsed;
  const tls = port === 465 ? "implicit" : "starttls";
  return parsed.kind === "name"
    ? { host: parsed.name, port, tls, name: parsed.name }
    : { host: parsed.address, port, tls, name: null };
}

function inOption<T>(option: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${option}: ${error.message}`) : error;
  }
}

const silent: StepListener = { resolved() {}, planned() {}, probed() {}, doubted() {}, told() {} };

async function lookOnce(customer: Customer, gateway: Gateway | null, options: CheckOptions): Promise<LoadedCustomer> {
  const looking = lookingFor(options);
  const { store, close } = await openEmbedded(null);
  try {
    await store.config.putSettings(defaultSettings);
    await store.config.putGateways(gateway === null ? [] : [gateway]);
    await store.config.putCustomers([customer]);
    await store.config.bumpRevision();
    const steps = composeSteps({
      store,
      ...looking,
      timeoutMs: options.timeout,
      everyMs,
      operators: [],
      alertLog: null,
      baseUrl: "",
      listener: silent,
    });
    const { now } = looking.clock;
    const cycle = Math.floor(now() / everyMs);
    await steps.resolve(cycle);
    const jobs = await steps.plan(cycle);
    const results = (await Promise.all(jobs.map(({ job }) => steps.probe(job)))).flat();
    for (const result of results) await steps.judge(result);
    const loaded = await loadCustomer(store, customer.id, { now, everyMs });
    if (loaded === undefined) throw new Error(`${customer.id} was not kept`);
    return loaded;
  } finally {
    await close();
  }
}
