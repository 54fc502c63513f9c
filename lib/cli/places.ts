/** Where a command looks: the addresses behind what the command line names. */

import { aliasFindings } from "../judge/chain.ts";
import { finding } from "../judge/findings.ts";
import type { HostFacts } from "../model/domain-facts.ts";
import type { Finding } from "../model/finding.ts";
import { InputError } from "../model/input-error.ts";
import type { Resolver } from "../model/ports.ts";
import type { Target, TlsStart } from "../model/target.ts";
import { findHost } from "../protocols/dns/host.ts";
import { findMx } from "../protocols/dns/mx.ts";
import { type CommandTarget, parseTarget } from "./target.ts";

/** One address to be dialled, and the name it was found under. */
export interface Place {
  readonly target: Target;
  readonly host: string | null;
  readonly preference: number | null;
}

interface Places {
  readonly places: readonly Place[];
  readonly findings: readonly Finding[];
}

/** How a command line names what is looked at. */
export interface PlaceOptions {
  readonly mx?: boolean;
  readonly serverName?: string;
  readonly ip?: "4" | "6";
  readonly tls: TlsStart;
  readonly allowPrivate?: boolean;
}

/** Every address of the target, best preference first. */
export async function placesNamed(text: string, options: PlaceOptions, resolver: Resolver): Promise<Places> {
  const target = parseTarget(text, {
    defaultPort: options.tls === "implicit" ? 465 : 25,
    mx: options.mx ?? false,
    allowPrivate: options.allowPrivate ?? false,
  });
  return await placesOf(target, options, resolver);
}

async function placesOf(target: CommandTarget, options: PlaceOptions, resolver: Resolver): Promise<Places> {
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
