/** A customer's chains, `internet → gateway → customer`, one for each domain: computed when read, never stored. */

import { isIP } from "node:net";
import {
  type Customer,
  type Domain,
  type FleetSettings,
  type Gateway,
  publicVantages,
  type TlsMode,
  tlsModeOf,
} from "../model/customer.ts";
import type { DomainFacts, HostFacts, MxAnswer, MxRecord } from "../model/domain-facts.ts";
import type { Finding } from "../model/finding.ts";
import { smtpPort, vantagesOf } from "../model/reach.ts";
import type { ChainStatus, CustomerStatus, HopStatus } from "../model/status.ts";
import { worst } from "../model/verdict.ts";
import { finding } from "./findings.ts";
import { type HopPlan, inClear, type JudgeClock, judgeHop, type LookAt, type Way } from "./hop.ts";

export interface CustomerFacts {
  readonly customer: Customer;
  /** The customer's own; null where it names none, or one that isn't known. */
  readonly gateway: Gateway | null;
  readonly settings: Pick<FleetSettings, "tlsModeRule" | "vantages">;
  /** By name; a domain that DNS was not yet asked for is missing. */
  readonly domains: ReadonlyMap<string, DomainFacts>;
  /** Downstream hosts by name, likewise. */
  readonly hosts: ReadonlyMap<string, HostFacts>;
  readonly look: LookAt;
}

/** One chain for each domain; one with the domain null for a customer that has downstream servers only. */
export function judgeCustomer(facts: CustomerFacts, clock: JudgeClock): CustomerStatus {
  const { domains, id } = facts.customer;
  const chains =
    domains.length === 0 ? [judgeChain(facts, null, clock)] : domains.map((one) => judgeChain(facts, one, clock));
  const counting = chains.filter(({ hops }) => hops.some(({ counts }) => counts));
  return { id, verdict: worst(counting.map(({ verdict }) => verdict)) ?? "unknown", at: clock.now, chains };
}

function judgeChain(facts: CustomerFacts, domain: Domain | null, clock: JudgeClock): ChainStatus {
  const { customer, settings } = facts;
  const tlsMode = domain === null ? null : tlsModeOf(domain, customer.created, settings.tlsModeRule);
  const hops: HopStatus[] = [];
  if (domain !== null) hops.push(judgeHop(gatewayPlan(facts, domain.name), facts.look, clock));
  if (hasDownstream(customer, domain, tlsMode)) hops.push(judgeDownstream(facts, domain, tlsMode, clock));
  const verdict = worst(hops.filter(({ counts }) => counts).map((hop) => hop.verdict)) ?? "unknown";
  return { domain: domain?.name ?? null, tlsMode, verdict, hops };
}

/** Without servers to look at there is still a second hop in clear, where somebody said so or names a gateway. */
function hasDownstream({ downstream, gateway }: Customer, domain: Domain | null, tlsMode: TlsMode | null): boolean {
  if (downstream.length > 0) return true;
  return tlsMode === "disabled" && (gateway !== null || domain?.tlsMode === "disabled");
}

function gatewayPlan({ customer, gateway, settings, domains }: CustomerFacts, domain: string): HopPlan {
  const known = domains.get(domain);
  const records = known === undefined ? [] : recordsOf(known.mx);
  const hostOf = (name: string) => known?.hosts.find(({ host }) => host === name);
  const port = gateway?.port ?? smtpPort;
  return {
    kind: "gateway",
    from: "internet",
    to: gateway?.id ?? domain,
    require: customer.require.gateway,
    // MTA-STS and DANE come to be told here when they are looked up.
    enforcement: "nobody",
    vantages: vantagesOf(customer, "gateway", publicVantages(settings)),
    outside: false,
    ways: records.flatMap(({ host, preference }) =>
      (hostOf(host)?.addresses ?? []).map(
        (address): Way => ({ target: { address, port, tls: "starttls" }, name: host, preference }),
      ),
    ),
    unresolved: known?.mx.kind !== "null-mx" && isUnresolved(records.map(({ host }) => hostOf(host))),
    counts: known?.mx.kind !== "null-mx",
    findings: known === undefined ? [] : gatewayFindings(known, records, gateway),
  };
}

function recordsOf(mx: MxAnswer): readonly MxRecord[] {
  return mx.kind === "mx" || mx.kind === "implicit" ? mx.records : [];
}

function isUnresolved(hosts: readonly (HostFacts | undefined)[]): boolean {
  return hosts.length === 0 || hosts.some((facts) => facts === undefined || facts.addresses.length === 0);
}

function gatewayFindings(
  { domain, mx, failure, hosts }: DomainFacts,
  records: readonly MxRecord[],
  gateway: Gateway | null,
): readonly Finding[] {
  const found: Finding[] = [];
  const reason = mx.kind === "failed" ? mx.reason : failure;
  if (reason !== null) found.push(finding("dns.failed", [`MX of ${domain}: ${reason}`]));
  if (mx.kind === "null-mx") found.push(finding("dns.null-mx", [`${domain} MX 0 .`]));
  if (mx.kind === "mx" && mx.cut > 0) {
    found.push(finding("mx.truncated", [`${mx.records.length} MX are looked at, ${mx.cut} more are not`]));
  }
  const strangers = gateway === null ? [] : records.filter(({ host }) => !gateway.hosts.includes(host));
  if (strangers.length > 0) {
    const evidence = strangers.map(({ host, preference }) => `${domain} MX ${preference} ${host}`);
    found.push(finding("mx.bypasses-gateway", evidence));
  }
  return [...found, ...(mx.kind === "mx" ? aliasFindings(hosts) : []), ...hostFindings(hosts)];
}

/** Of the hosts that MX records name. */
export function aliasFindings(hosts: readonly HostFacts[]): readonly Finding[] {
  const aliased = hosts.filter(({ aliases }) => aliases.length > 0);
  if (aliased.length === 0) return [];
  return [
    finding(
      "mx.alias",
      aliased.map(({ host, aliases }) => `${host} is an alias of ${aliases.join(", ")}`),
    ),
  ];
}

function hostFindings(hosts: readonly HostFacts[]): readonly Finding[] {
  const evidence = hosts.flatMap(({ host, addresses, failure }) => {
    if (failure !== null) return [`addresses of ${host}: ${failure}`];
    return addresses.length === 0 ? [`${host} has no address`] : [];
  });
  return evidence.length === 0 ? [] : [finding("dns.failed", evidence)];
}

function judgeDownstream(
  facts: CustomerFacts,
  domain: Domain | null,
  tlsMode: TlsMode | null,
  clock: JudgeClock,
): HopStatus {
  const hop = judgeHop(downstreamPlan(facts, tlsMode), facts.look, clock);
  if (tlsMode !== "disabled") return hop;
  const source = domain?.tlsMode === "disabled" ? "as set" : `by rule: created ${facts.customer.created ?? "unknown"}`;
  return inClear(hop, finding("gateway.tls-mode-disabled", [`TLS mode of ${domain?.name ?? ""}: disabled, ${source}`]));
}

function downstreamPlan({ customer, gateway, settings, hosts }: CustomerFacts, tlsMode: TlsMode | null): HopPlan {
  const named = customer.downstream.filter(({ host }) => isIP(host) === 0);
  const known = named.flatMap(({ host }) => hosts.get(host) ?? []);
  return {
    kind: "downstream",
    from: gateway?.id ?? "gateway",
    to: customer.id,
    require: customer.require.downstream,
    enforcement: tlsMode === "enforced" ? "configured" : "nobody",
    vantages: vantagesOf(customer, "downstream", publicVantages(settings)),
    outside: customer.vantage.downstream === null,
    ways: customer.downstream.flatMap(({ host, port, tls, name }) =>
      (isIP(host) ? [host] : (hosts.get(host)?.addresses ?? [])).map(
        (address): Way => ({ target: { address, port, tls }, name, preference: null }),
      ),
    ),
    unresolved: named.length > 0 && isUnresolved(named.map(({ host }) => hosts.get(host))),
    counts: true,
    findings: hostFindings(known),
  };
}
