/** `chainmail check`: the whole chain of one domain, by the very steps that watch it, run once over a store in memory. */

import packageJson from "../../package.json" with { type: "json" };
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
import { printJson } from "./print-json.ts";
import { countingFindings } from "./status.ts";
import { type CommandTarget, parseTarget } from "./target.ts";

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
  const gateway = gatewayOf(options.gateway, allowPrivate);
  const level = options.require ?? "tls";
  const customer: Customer = {
    id: domain.name,
    created: null,
    gateway: gateway && gatewayId,
    domains: [{ name: domain.name, tlsMode: options.tlsMode ?? null }],
    downstream: downstreamOf(options.downstream, allowPrivate),
    require: { gateway: { level, floor: defaultFloor }, downstream: { level, floor: defaultFloor } },
    vantage: { gateway: null, downstream: null },
    allowPrivate,
    contacts: [],
  };
  const loaded = await lookOnce(customer, gateway, options);
  const status = statusJson(loaded.status, { ...loaded, everyMs });
  if (options.json) printJson(status, io);
  else printChains(status, io);
  return exitCode(loaded.status.verdict, countingFindings(status));
}

/** The hosts in one `--gateway`; they listen on one port. */
function gatewayOf(text: string | undefined, allowPrivate: boolean): Gateway | null {
  if (text === undefined) return null;
  const hosts = serversOf("--gateway", text, allowPrivate).map((server) => {
    if (server.kind === "name") return server;
    throw new InputError(`--gateway: '${server.address}': expected a host name like mx1.gateway.example, as MX has it`);
  });
  const [port = smtpPort, ...others] = new Set(hosts.map((host) => host.port));
  if (others.length > 0) throw new InputError(`--gateway: '${text}': expected one port for all its hosts`);
  return { id: gatewayId, hosts: hosts.map(({ name }) => name), port };
}

function downstreamOf(text: string | undefined, allowPrivate: boolean): readonly Downstream[] {
  if (text === undefined) return [];
  return serversOf("--downstream", text, allowPrivate).map((server) => {
    const { port } = server;
    const tls = port === 465 ? "implicit" : "starttls";
    return server.kind === "name"
      ? { host: server.name, port, tls, name: server.name }
      : { host: server.address, port, tls, name: null };
  });
}

function serversOf(option: string, text: string, allowPrivate: boolean): readonly CommandTarget[] {
  return text.split(",").map((part) => {
    try {
      return parseTarget(part.trim(), { defaultPort: smtpPort, mx: false, allowPrivate });
    } catch (error) {
      throw error instanceof InputError ? new InputError(`${option}: ${error.message}`) : error;
    }
  });
}

const silent: StepListener = { resolved() {}, planned() {}, probed() {}, doubted() {}, scanned() {}, told() {} };

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
      version: packageJson.version,
      listener: silent,
    });
    const { now } = looking.clock;
    const cycle = Math.floor(now() / everyMs);
    await steps.resolve(cycle);
    const { jobs } = await steps.plan(cycle);
    const results = (await Promise.all(jobs.map(({ job }) => steps.probe(job)))).flat();
    for (const result of results) await steps.judge(result);
    const loaded = await loadCustomer(store, customer.id, { now, everyMs });
    if (loaded === undefined) throw new Error(`${customer.id} was not kept`);
    return loaded;
  } finally {
    await close();
  }
}
