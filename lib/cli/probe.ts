/** `chainmail probe`: one look at each address, best preference first, printed as mail people know it. */

import { aliasFindings } from "../judge/chain.ts";
import { finding } from "../judge/findings.ts";
import { judgeTarget, lookOf } from "../judge/target.ts";
import { defaultRequirement } from "../model/customer.ts";
import type { HostFacts } from "../model/domain-facts.ts";
import type { Finding } from "../model/finding.ts";
import { InputError } from "../model/input-error.ts";
import type { Target, TlsStart } from "../model/target.ts";
import { findHost } from "../protocols/dns/host.ts";
import { findMx } from "../protocols/dns/mx.ts";
import { probeTarget } from "../protocols/smtp/probe.ts";
import { findingLines } from "./chains.ts";
import { painter, verdictStyle } from "./colour.ts";
import { type ExitCode, exitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { type Looking, lookingFor } from "./looking.ts";
import type { LookOptions } from "./options.ts";
import { printJson } from "./print-json.ts";
import { type Looked, type ProbeOutcome, probeJson, summarise } from "./probe-report.ts";
import { type CommandTarget, parseTarget } from "./target.ts";
import { transcriptText } from "./transcript.ts";

interface ProbeOptions extends LookOptions {
  readonly mx?: boolean;
  readonly serverName?: string;
  readonly ip?: "4" | "6";
  readonly tls: TlsStart;
  readonly from?: string;
  readonly to?: string;
}

/** One address to be dialled, and the name it was found under. */
interface Place {
  readonly target: Target;
  readonly host: string | null;
  readonly preference: number | null;
}

interface Places {
  readonly places: readonly Place[];
  readonly findings: readonly Finding[];
}

export async function probeCommand(text: string, options: ProbeOptions, io: Io): Promise<ExitCode> {
  const defaultPort = options.tls === "implicit" ? 465 : 25;
  const target = parseTarget(text, {
    defaultPort,
    mx: options.mx ?? false,
    allowPrivate: options.allowPrivate ?? false,
  });
  const looking = lookingFor(options);
  const { places, findings } = await placesOf(target, options, looking);
  const looked: Looked[] = [];
  for (const place of places) {
    const one = await look(place, options, looking);
    if (!options.json) printBlock(one, io);
    looked.push(one);
  }
  const outcome = summarise(findings, looked);
  if (options.json) printJson(probeJson(text, outcome), io);
  else printSummary(outcome, io);
  return exitCode(outcome.verdict, outcome.findings);
}

async function placesOf(target: CommandTarget, options: ProbeOptions, { resolver }: Looking): Promise<Places> {
  const host = options.serverName === undefined ? null : serverName(options.serverName);
  const { port } = target;
  const placeOf = (address: string, name: string | null, preference: number | null): Place => ({
    target: { address, port, tls: options.tls },
    host: host ?? name,
    preference,
  });
  if (target.kind === "address") return { places: [placeOf(target.address, null, null)], findings: [] };

  const findings: Finding[] = [];
  let exchanges: readonly { readonly host: string; readonly preference: number | null }[] = [
    { host: target.name, preference: null },
  ];
  if (options.mx) {
    const mx = await findMx(target.name, resolver);
    if (mx.kind === "failed")
      return { places: [], findings: [finding("dns.failed", [`MX ${target.name}: ${mx.reason}`])] };
    if (mx.kind === "null-mx") return { places: [], findings: [finding("dns.null-mx", [`MX ${target.name}: 0 .`])] };
    if (mx.kind === "mx" && mx.cut > 0) findings.push(finding("mx.truncated", [`${mx.cut} more MX hosts`]));
    exchanges = mx.records;
  }
  const facts = await Promise.all(exchanges.map((exchange) => findHost(exchange.host, resolver)));
  const places = exchanges.flatMap(({ host: name, preference }, at) =>
    addressesOf(facts[at], options.ip).map((address) => placeOf(address, name, preference)),
  );
  if (options.mx) findings.push(...aliasFindings(facts));
  findings.push(...facts.flatMap((found) => hostFindings(found, options.ip)));
  return { places, findings };
}

function serverName(text: string): string {
  const parsed = parseTarget(text, { defaultPort: 25, mx: false, allowPrivate: true });
  if (parsed.kind !== "name" || parsed.port !== 25)
    throw new InputError(`--server-name: '${text}': expected a host name like mail.example.com`);
  return parsed.name;
}

function addressesOf(facts: HostFacts | undefined, family: "4" | "6" | undefined): readonly string[] {
  const all = facts?.addresses ?? [];
  return family === undefined ? all : all.filter((address) => address.includes(":") === (family === "6"));
}

function hostFindings(facts: HostFacts, family: "4" | "6" | undefined): readonly Finding[] {
  if (facts.failure !== null) return [finding("dns.failed", [`${facts.host}: ${facts.failure}`])];
  if (addressesOf(facts, family).length > 0) return [];
  return [finding("dns.failed", [`${facts.host}: no ${family === undefined ? "" : `IPv${family} `}address`])];
}

async function look({ target, host, preference }: Place, options: ProbeOptions, looking: Looking): Promise<Looked> {
  // Without a sender the null one, as bounces have it (RFC 5321 §4.5.5).
  const { from = "", to = null } = options;
  const asked = options.from !== undefined || to !== null;
  const observation = await probeTarget(
    {
      target,
      host,
      sni: host,
      vantage: "command-line",
      allowPrivate: options.allowPrivate ?? false,
      ehloName: looking.ehloName,
      timeoutMs: options.timeout,
      readChain: true,
      tls: looking.tls,
      ...(asked && { envelope: { from, to } }),
    },
    looking.dial,
    looking.clock,
  );
  const judgement = judgeTarget(lookOf(observation), {
    reference: host,
    require: defaultRequirement,
    hop: "gateway",
    now: looking.clock.now(),
    everyMs: Number.POSITIVE_INFINITY,
    outside: true,
  });
  return { observation, preference, judgement };
}

function printBlock({ observation, preference }: Looked, io: Io): void {
  const colour = io.stdout.isTTY === true && !io.env.NO_COLOR;
  io.stdout.write(`${transcriptText(observation, preference, colour).join("\n")}\n\n`);
}

function printSummary({ verdict, findings, looked }: ProbeOutcome, io: Io): void {
  const paint = painter(io);
  const many = looked.length > 1 ? ` (worst of ${looked.length} addresses)` : "";
  const lines = [`verdict: ${paint(verdictStyle[verdict], verdict)}${many}`, ...findingLines(findings, "", paint)];
  io.stdout.write(`${lines.join("\n")}\n`);
}
